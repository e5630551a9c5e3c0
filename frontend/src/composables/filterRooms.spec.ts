import { expect, test } from "vitest";

import { filterRooms } from "./filterRooms";

const names = ["The den", "茶室 Tea room", "Café", "Den of tea"];
const find = (query: string) => filterRooms(names, query, (name) => name);

test("nothing typed finds all, in their order", () => {
  expect(find("  ")).toEqual(names);
});

test("parts of a name find it, whatever the case and accents", () => {
  expect(find("TEA")).toEqual(["茶室 Tea room", "Den of tea"]);
  expect(find("cafe")).toEqual(["Café"]);
  expect(find("茶")).toEqual(["茶室 Tea room"]);
});

test("what begins with it comes first, and every word must be there", () => {
  expect(find("den")).toEqual(["Den of tea", "The den"]);
  expect(find("room tea")).toEqual(["茶室 Tea room"]);
  expect(find("nothing")).toEqual([]);
});
