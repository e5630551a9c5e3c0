import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { createPinia } from "pinia";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";

import { json } from "../../testing/fakeFetch";

const emoji = (sign: string, annotation: string, group = 0) => ({
  ...{ emoji: sign, annotation, group, version: 1 },
});
const smileys = Array.from({ length: 10 }, (_, at) =>
  emoji(String.fromCodePoint(0x1f600 + at), `smiley ${at}`),
);
const tea = emoji("🍵", "teacup without handle", 4);
const fetch = vi.fn<typeof globalThis.fetch>();
let picker: VueWrapper;

// The data are fetched once a page: each test is a page of its own.
beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal("fetch", fetch);
  fetch.mockImplementation(async () => json(200, [...smileys, tea]));
});
afterEach(() => {
  picker.unmount();
  vi.unstubAllGlobals();
  localStorage.removeItem("teahouse.emoji");
});
afterAll(() => void vi.resetModules());

test("one is found by its name and chosen by Enter, but not by an Enter of an input method", async () => {
  const { field, signs } = await opened();
  expect(signs()).toHaveLength(smileys.length); // the control

  await field.setValue("teacup");
  expect(signs()).toEqual(["🍵"]);
  await field.trigger("keydown", { key: "Enter", isComposing: true });
  await field.trigger("keydown", { key: "Enter", keyCode: 229 });
  expect(picker.emitted("choose")).toBeUndefined();
  await field.trigger("keydown", { key: "Enter" });

  expect(picker.emitted("choose")).toEqual([["🍵"]]);
});

test("the grid is one stop of Tab; arrows walk it, and lead back above its first line", async () => {
  const { field, press } = await opened();
  const name = () => document.activeElement?.getAttribute("aria-label");
  expect(document.activeElement).toBe(field.element);

  await field.trigger("keydown", { key: "ArrowDown" });
  expect(name()).toBe("smiley 0");
  await press("ArrowRight");
  await press("ArrowDown");
  expect(name()).toBe("smiley 9");
  expect(picker.findAll(".all [tabindex='0']")).toHaveLength(1);
  await press("ArrowUp");
  await press("ArrowUp");

  expect(document.activeElement).toBe(field.element);
});

test("what was used last is there the next time, the newest first", async () => {
  const first = await opened();
  for (const at of [0, 1, 0]) await first.choose(at);
  picker.unmount();

  await opened();

  const recent = picker.get("[aria-label='Used last']").findAll("button");
  const [zero, one] = smileys.map((smiley) => smiley.emoji);
  expect(recent.map((button) => button.text())).toEqual([zero, one]);
});

test("another kind is a click away; nothing of a name is said", async () => {
  const { field, signs } = await opened();

  await picker.get("[aria-label='Food and drink']").trigger("click");
  expect(signs()).toEqual(["🍵"]);
  await field.setValue("samovar");

  expect(picker.get("[role=status]").text()).toBe("Nothing of that name.");
});

test("where they cannot be fetched one can ask again, or close with Esc", async () => {
  fetch.mockRejectedValueOnce(new TypeError("offline"));
  const { field, signs } = await opened();
  expect(picker.get("[role=alert]").text()).toContain("could not be fetched");

  await picker.get("[role=alert] button").trigger("click");
  await flushPromises();
  expect(signs()).toHaveLength(smileys.length);

  await field.trigger("keydown", { key: "Escape" });
  expect(picker.emitted("close")).toHaveLength(1);
});

async function opened() {
  const { default: EmojiPicker } = await import("./EmojiPicker.vue");
  picker = mount(EmojiPicker, {
    attachTo: document.body,
    global: { plugins: [createPinia()] },
  });
  await flushPromises();
  const field = picker.get("[data-testid=emoji-search]");
  const found = () => picker.findAll("[data-testid=emoji]");
  const signs = () => found().map((button) => button.text());
  const choose = (at: number) => found()[at]?.trigger("click");
  const press = async (key: string) => {
    document.activeElement?.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true }),
    );
    await flushPromises();
  };
  return { field, signs, choose, press };
}
