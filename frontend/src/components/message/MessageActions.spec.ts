import { mount, type VueWrapper } from "@vue/test-utils";
import { createPinia } from "pinia";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { defineComponent, h, ref } from "vue";

import {
  provideRoomActions,
  type RoomActions,
} from "../../composables/roomActions";
import type { ShownMessage } from "../../model/messageList";
import { ann, shown } from "../../testing/cast";
import MessageActions from "./MessageActions.vue";

const actions: RoomActions = {
  linkTo: vi.fn(),
  mayDelete: vi.fn(),
  reply: vi.fn(),
  edit: vi.fn(),
  remove: vi.fn(),
  react: vi.fn(),
  report: vi.fn(),
  pick: vi.fn(),
  show: vi.fn(),
};
const message: ShownMessage = {
  ...shown(7, ann, "green or black?"),
  reactions: [{ emoji: "❤️", count: 2, mine: true }],
};
let page: VueWrapper;

beforeEach(() => {
  HTMLElement.prototype.showPopover = vi.fn(); // there is none without a browser
});
afterEach(() => page.unmount());

test("one press puts an emoji that people answer with most, and takes it back", async () => {
  shows();
  const quick = page.findAll("[data-testid=act-quick]");
  expect(quick.map((one) => one.attributes("aria-pressed"))).toEqual([
    "false",
    "true",
    "false",
  ]);

  await quick[0]?.trigger("click");
  await quick[1]?.trigger("click");

  expect(vi.mocked(actions.react).mock.calls).toEqual([
    [7, "👍", true],
    [7, "❤️", false],
  ]);
});

test("the rest is in a menu, which says that it is open and gives the focus back", async () => {
  shows();
  const more = page.get("[data-testid=act-more]");
  expect(page.find("[role=menu]").exists()).toBe(false);

  await more.trigger("click");
  expect(more.attributes("aria-expanded")).toBe("true");
  await page.get("[role=menu]").trigger("keydown", { key: "Escape" });

  expect(page.find("[role=menu]").exists()).toBe(false);
  expect(more.attributes("aria-expanded")).toBe("false");
  expect(focused()).toBe("act-more");
});

test("what is chosen is done once the focus is back on the button, for a question to keep", async () => {
  shows();
  vi.mocked(actions.remove).mockImplementation(() => {
    expect(focused()).toBe("act-more");
  });

  await page.get("[data-testid=act-more]").trigger("click");
  await page.get("[data-testid=act-delete]").trigger("click");

  expect(actions.remove).toHaveBeenCalledExactlyOnceWith(7);
  expect(page.find("[role=menu]").exists()).toBe(false);
});

test("the menu that is dismissed by a press elsewhere leaves the focus there", async () => {
  shows();
  await page.get("[data-testid=act-more]").trigger("click");
  document.body.focus();

  await page
    .get("[role=menu]")
    .trigger("toggle", { newState: "closed", oldState: "open" });

  expect(page.find("[role=menu]").exists()).toBe(false);
  expect(focused()).not.toBe("act-more");
});

function shows(): void {
  vi.mocked(actions.mayDelete).mockReturnValue(true);
  const Room = defineComponent(() => {
    provideRoomActions(actions);
    const isMenuOpen = ref(false);
    return () =>
      h(MessageActions, {
        ...{ message, seq: 7, isMine: true },
        isMenuOpen: isMenuOpen.value,
        "onUpdate:isMenuOpen": (isOpen: boolean | undefined) =>
          (isMenuOpen.value = isOpen === true),
      });
  });
  page = mount(Room, {
    attachTo: document.body,
    global: { plugins: [createPinia()] },
  });
}

function focused(): string | undefined {
  return (document.activeElement as HTMLElement | null)?.dataset.testid;
}
