import { afterEach, beforeEach, expect, test } from "vitest";

import { focusRegion } from "./regions";

beforeEach(() => {
  document.body.innerHTML = `
    <button id="outside"></button>
    <nav data-region><a href="#" id="one"></a>
      <a href="#" id="here" aria-current="page"></a></nav>
    <main data-region tabindex="-1" id="log"><button></button></main>
    <aside data-region id="hidden"><button></button></aside>
    <footer data-region><textarea id="words"></textarea></footer>`;
  for (const region of regions())
    region.checkVisibility = () => region.id !== "hidden";
});
afterEach(() => {
  document.body.innerHTML = "";
});

const regions = () => [
  ...document.querySelectorAll<HTMLElement>("[data-region]"),
];
const focus = (id: string) => document.getElementById(id)?.focus();
/** Where one is after each step. */
const walk = (by: 1 | -1, steps: number) =>
  Array.from({ length: steps }, () => {
    focusRegion(by);
    return document.activeElement?.id;
  });

test("one goes round through the parts that are on screen, to where one was in each", () => {
  focus("one");
  expect(walk(1, 3)).toEqual(["log", "words", "here"]);

  focus("one");
  expect(walk(-1, 3)).toEqual(["words", "log", "here"]);
});

test("from nowhere one comes to the first part, or to the last", () => {
  focus("outside");
  expect(walk(1, 1)).toEqual(["here"]);

  focus("outside");
  expect(walk(-1, 1)).toEqual(["words"]);
});

test("a page without parts leaves the focus where it is", () => {
  for (const region of regions()) region.remove();
  focus("outside");

  expect(walk(1, 2)).toEqual(["outside", "outside"]);
});
