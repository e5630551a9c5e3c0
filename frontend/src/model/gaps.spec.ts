import { expect, test } from "vitest";

import { gapsBetween } from "./gaps";

test("messages next to each other leave nothing to read", () => {
  expect(gapsBetween([2, 3, 4], 2, 4)).toEqual([]);
});

test("what is missing between, before and after them is read, the newest first", () => {
  expect(
    gapsBetween(
      [2, ...Array.from({ length: 40 }, (_, index) => 60 + index)],
      1,
      150,
    ),
  ).toEqual([
    { after: 99, limit: 51 },
    { after: 0, limit: 59 },
  ]);
});

test("gaps near each other are read in one go", () => {
  expect(gapsBetween([2, 4, 6], 1, 7)).toEqual([{ after: 0, limit: 7 }]);
});

test("a long gap is cut into pages, and only the newest of them are read", () => {
  expect(gapsBetween([1, 1000], 1, 1000)).toEqual([
    { after: 799, limit: 200 },
    { after: 599, limit: 200 },
    { after: 399, limit: 200 },
  ]);
});

test("a room without messages is all gap", () => {
  expect(gapsBetween([], 1, 5)).toEqual([{ after: 0, limit: 5 }]);
});
