import { expect, it } from "vitest";

import { endTyping, hearTyping, stillTyping, TYPING_MS } from "./typists";

const nobody = new Map<string, number>();

it("holds who writes for a while, and longer when they are heard again", () => {
  const both = hearTyping(hearTyping(nobody, "ann", 0), "ben", 1_000);
  const again = hearTyping(both, "ann", 5_000);

  expect([...stillTyping(both, TYPING_MS).keys()]).toEqual(["ben"]);
  expect([...stillTyping(again, TYPING_MS).keys()]).toEqual(["ann", "ben"]);
  expect(stillTyping(again, TYPING_MS)).toBe(again);
});

it("lets whoever has said it write no more", () => {
  const ann = hearTyping(nobody, "ann", 0);

  expect([...endTyping(ann, "ann")]).toEqual([]);
  expect(endTyping(ann, "ben")).toBe(ann);
});
