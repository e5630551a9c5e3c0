import { describe, expect, it, test } from "vitest";

import { ann, ben, person } from "../testing/cast";
import { findPeople, names } from "./mentions";

const annie = { ...ann, username: "annie" };

describe("a text names somebody", () => {
  it.each([
    ["@annie come", true],
    ["come, @Annie.", true],
    ["茶好了（@annie）", true],
    ["mail to x@annie", false],
    ["@@annie", false],
    ["@annies", false],
    ["annie", false],
  ])("%s: %s", (text, isNamed) => {
    expect(names(text, annie)).toBe(isNamed);
  });

  it("unless it is a guest, who has no user name", () => {
    const { username: _, ...guest } = annie;
    expect(names("@annie come", guest)).toBe(false);
  });
});

test("people are found by both their names, who begins so first", () => {
  const { username: _, ...guest } = person("guest", "Benedict");
  const people = [person("reben", "X"), ben, annie, guest];

  expect(findPeople(people, "be").map(({ id }) => id)).toEqual([
    "ben",
    "reben",
  ]);
  expect(findPeople(people, "小").map(({ id }) => id)).toEqual(["ben"]);
  expect(findPeople(people, "").length).toBe(3);
});
