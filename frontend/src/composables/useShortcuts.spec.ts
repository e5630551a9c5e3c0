import { afterEach, beforeEach, expect, test, vi } from "vitest";

import en from "../i18n/en.json";
import { hosted } from "../testing/hosted";
import { SHORTCUTS, useShortcuts } from "./useShortcuts";

const actions = {
  switchRoom: vi.fn(),
  search: vi.fn(),
  step: vi.fn(),
  showSheet: vi.fn(),
  showLatest: vi.fn(),
};
let leave: () => void;

beforeEach(() => {
  document.body.innerHTML = '<textarea></textarea><p tabindex="-1"></p>';
  ({ leave } = hosted(() => useShortcuts(actions)));
});
afterEach(() => {
  document.body.innerHTML = "";
});

/** Press a key where one is; what it does, and whether it was taken. */
function press(key: string, more: KeyboardEventInit = {}, at = "p") {
  const event = new KeyboardEvent("keydown", {
    ...{ key, bubbles: true, cancelable: true },
    ...more,
  });
  document.querySelector(at)?.dispatchEvent(event);
  const done = Object.entries(actions).flatMap(([name, act]) =>
    act.mock.calls.map((call) => [name, ...call].join(" ")),
  );
  Object.values(actions).forEach((act) => act.mockClear());
  expect(event.defaultPrevented).toBe(done.length > 0);
  return done;
}

test.each<[string, KeyboardEventInit, string]>([
  ["k", { ctrlKey: true }, "switchRoom"],
  ["K", { metaKey: true }, "switchRoom"],
  ["F", { ctrlKey: true, shiftKey: true }, "search"],
  ["/", { ctrlKey: true }, "showSheet"],
  ["Escape", {}, "showLatest"],
  ["ArrowUp", { altKey: true }, "step -1 false"],
  ["ArrowDown", { altKey: true, shiftKey: true }, "step 1 true"],
])("%s with %j acts, also while one writes", (key, more, does) => {
  expect(press(key, more)).toEqual([does]);
  expect(press(key, more, "textarea")).toEqual([does]);
});

test.each<[string, KeyboardEventInit]>([
  ["k", {}],
  ["f", { ctrlKey: true }],
  ["k", { ctrlKey: true, altKey: true }],
  ["ArrowUp", {}],
  ["ArrowUp", { altKey: true, ctrlKey: true }],
])("%s with %j is the browser's", (key, more) => {
  expect(press(key, more)).toEqual([]);
});

test("a character is a shortcut only where nobody types", () => {
  expect(press("?", { shiftKey: true })).toEqual(["showSheet"]);
  expect(press("?", { shiftKey: true }, "textarea")).toEqual([]);
});

test("an open question has the keys for itself, and so has a word that is composed", () => {
  expect(press("Escape", { isComposing: true })).toEqual([]);

  document.body.insertAdjacentHTML("beforeend", "<dialog open></dialog>");
  expect(press("k", { ctrlKey: true })).toEqual([]);
});

test("who has left hears no key", () => {
  leave();

  expect(press("Escape")).toEqual([]);
});

test("the sheet says of each what it does, and names none twice", () => {
  const does = SHORTCUTS.map((one) => one.does);

  expect(does.filter((key) => !(key in en))).toEqual([]);
  expect(new Set(does).size).toBe(does.length);
});
