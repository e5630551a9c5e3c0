import { ActionRefused, ApiError } from "@teahouse/client";
import { expect, test } from "vitest";

import { Banned, codeOf, PictureRefused, refusedFields } from "./refusals";

test.each([
  ["a refused call", new ApiError("muted", 403, "", false), "muted"],
  ["a refused action", new ActionRefused("too_large", ""), "too_large"],
  ["a picture", new PictureRefused("not_a_picture"), "not_a_picture"],
  ["a room that bans", new Banned(), "banned"],
  ["no answer", new TypeError("Failed to fetch"), "unreachable"],
])("%s has a code", (_, error, code) => {
  expect(codeOf(error)).toBe(code);
});

test.each([new Error("a bug"), "words", undefined])(
  "what is no refusal is not taken for one: %s",
  (error) => {
    let thrown: unknown;
    try {
      codeOf(error);
    } catch (caught) {
      thrown = { caught };
    }

    expect(thrown).toEqual({ caught: error });
  },
);

test("only a refused call names fields", () => {
  const fields = { name: "is empty", about: "is long" };

  expect(
    refusedFields(new ApiError("invalid", 422, "", false, fields)),
  ).toEqual(["name", "about"]);
  expect(refusedFields(new Banned())).toEqual([]);
  expect(refusedFields(undefined)).toEqual([]);
});
