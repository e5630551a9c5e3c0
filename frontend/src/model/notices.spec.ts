import { expect, it } from "vitest";

import { hearTold, pathOf, type Told } from "./notices";

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
