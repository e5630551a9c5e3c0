import { expect, test } from "vitest";

import { MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS } from "../protocol/frames";
import { isPassword, isUsername } from "./passwords";

test.each([
  ["annie", true],
  ["A.n-n_1", true],
  ["a".repeat(32), true],
  ["anni", false],
  ["a".repeat(33), false],
  ["ann ie", false],
  ["小本小本小", false],
  ["annie\n", false],
  ["", false],
])("a user name may be chosen as the server lets it: %j is %s", (text, may) => {
  expect(isUsername(text)).toBe(may);
});

test("a password is as long as its characters are many, whatever bytes they take", () => {
  expect(isPassword("茶".repeat(MIN_PASSWORD_CHARS))).toBe(true);
  expect(isPassword("🍵".repeat(MAX_PASSWORD_CHARS))).toBe(true);

  expect(isPassword("🍵".repeat(MIN_PASSWORD_CHARS - 1))).toBe(false);
  expect(isPassword("茶".repeat(MAX_PASSWORD_CHARS + 1))).toBe(false);
  expect(isPassword("")).toBe(false);
});

test("blanks are characters like others", () => {
  expect(isPassword(" ".repeat(MIN_PASSWORD_CHARS))).toBe(true);
});
