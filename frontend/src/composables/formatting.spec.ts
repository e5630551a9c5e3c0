import { expect, test } from "vitest";

import { markOf, toggleMark } from "./formatting";

/** `[` and `]` stand where the selection begins and ends. */
function toggled(shown: string, mark: string): string {
  const text = shown.replace(/[[\]]/g, "");
  const from = shown.indexOf("[");
  const to = shown.indexOf("]") - 1;
  const after = toggleMark({ text, from, to }, mark);
  return (
    after.text.slice(0, after.from) +
    `[${after.text.slice(after.from, after.to)}]` +
    after.text.slice(after.to)
  );
}

test.each([
  ["say [it] now", "**", "say **[it]** now"],
  ["say **[it]** now", "**", "say [it] now"],
  ["say [it] now", "`", "say `[it]` now"],
  ["**[it]**", "*", "***[it]***"],
  ["***[it]***", "*", "**[it]**"],
  ["***[it]***", "**", "*[it]*"],
  ["[]", "*", "*[]*"],
  ["*[]*", "*", "[]"],
])("%s with %s is %s", (before, mark, after) => {
  expect(toggled(before, mark)).toBe(after);
});

test("only Ctrl or Command with one of the letters is meant", () => {
  const key = (init: KeyboardEventInit) => new KeyboardEvent("keydown", init);

  expect(markOf(key({ key: "b", ctrlKey: true }))).toBe("**");
  expect(markOf(key({ key: "I", metaKey: true }))).toBe("*");
  expect(markOf(key({ key: "e", ctrlKey: true }))).toBe("`");
  expect(markOf(key({ key: "b" }))).toBeUndefined();
  expect(markOf(key({ key: "k", ctrlKey: true }))).toBeUndefined();
  expect(
    markOf(key({ key: "b", ctrlKey: true, altKey: true })),
  ).toBeUndefined();
});
