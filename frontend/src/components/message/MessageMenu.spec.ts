import { mount, type VueWrapper } from "@vue/test-utils";
import { createPinia } from "pinia";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Way } from "../../composables/messageWays";
import MessageMenu from "./MessageMenu.vue";

const edit = vi.fn();
const ways: Way[] = [
  { what: "edit", icon: "edit", act: edit },
  { what: "copy.text", icon: "copy", act: vi.fn() },
  { what: "delete", icon: "bin", act: vi.fn() },
];
const list = document.createElement("div"); // the list of messages has the same keys
const pressed = vi.fn();
let menu: VueWrapper;

beforeEach(() => {
  HTMLElement.prototype.showPopover = vi.fn(); // there is none without a browser
  document.body.append(list);
  list.addEventListener("keydown", pressed);
  menu = mount(MessageMenu, {
    props: { ways, opener: document.createElement("button") },
    attachTo: list,
    global: { plugins: [createPinia()] },
  });
});
afterEach(() => {
  menu.unmount();
  list.removeEventListener("keydown", pressed);
  list.remove();
});

test("keys walk round, and the list behind hears nothing of it", async () => {
  expect(focused()).toBe("act-edit");
  for (const [key, to] of [
    ["ArrowUp", "act-delete"],
    ["ArrowDown", "act-edit"],
    ["ArrowDown", "act-copy.text"],
    ["End", "act-delete"],
    ["Home", "act-edit"],
  ] as const) {
    await press(key);
    expect(focused()).toBe(to);
  }

  expect(pressed).not.toHaveBeenCalled();
  await press("a");
  expect(pressed).toHaveBeenCalledOnce(); // the control
});

test.each(["Escape", "Tab"])(
  "%s closes it and keeps the focus",
  async (key) => {
    await press(key);

    expect(menu.emitted("close")).toEqual([[true]]);
  },
);

test("a press elsewhere closes it and leaves the focus there", async () => {
  await menu.trigger("toggle", { newState: "open", oldState: "closed" });
  expect(menu.emitted("close")).toBeUndefined();

  await menu.trigger("toggle", { newState: "closed", oldState: "open" });

  expect(menu.emitted("close")).toEqual([[false]]);
});

test("what is chosen is done once the menu is closed", async () => {
  edit.mockImplementation(() => {
    expect(menu.emitted("close")).toEqual([[true]]);
  });

  await menu.get("[data-testid=act-edit]").trigger("click");

  expect(edit).toHaveBeenCalledOnce();
});

async function press(key: string): Promise<void> {
  await menu.trigger("keydown", { key });
}

function focused(): string | undefined {
  return (document.activeElement as HTMLElement | null)?.dataset.testid;
}
