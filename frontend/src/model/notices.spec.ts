import { expect, it } from "vitest";

import { hearTold, isNamedIn, pathOf, type Told } from "./notices";

const told = (id: string): Told => ({
  id,
  kind: "mention",
  title: id,
  createdAt: 1,
  read: false,
});

it("keeps the newest first, each once, and not for ever", () => {
  const known = hearTold(hearTold([], told("a")), told("b"));

  expect(known.map(({ id }) => id)).toEqual(["b", "a"]);
  expect(hearTold(known, told("a"))).toBe(known);
  const many = Array.from({ length: 60 }, (_, at) => told(`n${at}`));
  expect(many.reduce(hearTold, [] as readonly Told[])).toHaveLength(50);
});

it.each([
  ["/rooms/den/7", "/rooms/den/7"],
  ["https://elsewhere.example", undefined],
  ["//elsewhere.example", undefined],
  ["/\\elsewhere.example", undefined],
  ["javascript:alert(1)", undefined],
  [undefined, undefined],
])("leads from %s to %s", (link, path) => {
  expect(pathOf(link === undefined ? {} : { link })).toBe(path);
});

it.each([
  ["not read yet", "mention", "/rooms/den/7", true],
  ["read", "mention", "/rooms/den/6", false],
  ["another room", "mention", "/rooms/hut/7", false],
  ["a reaction", "reaction", "/rooms/den/7", false],
  ["no place", "mention", undefined, false],
])("knows where I was named: %s", (_, kind, link, isNamed) => {
  const heard = { ...told("a"), kind, ...(link && { link }) };

  expect(isNamedIn([heard], { id: "den", readSeq: 6 })).toBe(isNamed);
});
