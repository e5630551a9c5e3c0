import { expect, it } from "vitest";

import { between, fullJitter } from "./backoff.js";

it("draws from nothing to a limit that doubles and then stays", () => {
  const longest = [0, 1, 2, 6, 7, 2_000].map((failures) =>
    fullJitter(failures, () => 1),
  );

  expect(longest).toEqual([500, 1_000, 2_000, 30_000, 30_000, 30_000]);
  expect(fullJitter(5, () => 0)).toBe(0);
});

it("draws between two limits", () => {
  expect([0, 0.5, 1].map((drawn) => between(150, 400, () => drawn))).toEqual([
    150, 275, 400,
  ]);
});
