import { expect, test } from "vitest";

import { pageTurnOf } from "./pageKeys";

const pressed = (
  key: string,
  target: HTMLElement = document.createElement("textarea"),
  held: KeyboardEventInit = {},
) => {
  let turn: ReturnType<typeof pageTurnOf>;
  target.addEventListener("keydown", (event) => (turn = pageTurnOf(event)));
  target.dispatchEvent(new KeyboardEvent("keydown", { key, ...held }));
  return turn;
};

test("the keys turn the pages where one writes a line", () => {
  expect(pressed("PageUp")).toBe(-1);
  expect(pressed("PageDown")).toBe(1);
  expect(pressed("ArrowUp")).toBeUndefined();
});

test("an input method, a selection and a text of many lines keep their keys", () => {
  const long = document.createElement("textarea");
  Object.defineProperty(long, "scrollHeight", { value: 400 });

  expect(pressed("PageUp", undefined, { isComposing: true })).toBeUndefined();
  expect(pressed("PageUp", undefined, { shiftKey: true })).toBeUndefined();
  expect(pressed("PageUp", long)).toBeUndefined();
  expect(pressed("PageUp", document.createElement("input"))).toBeUndefined();
});
