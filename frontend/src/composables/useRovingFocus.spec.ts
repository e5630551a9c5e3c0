import { afterEach, beforeEach, expect, test } from "vitest";
import { ref } from "vue";

import { useRovingFocus } from "./useRovingFocus";

const list = ref<HTMLElement | null>(null);
const walk = useRovingFocus(list, "li");

beforeEach(() => {
  document.body.innerHTML = `<ul><li tabindex="-1" id="a"></li>
    <li tabindex="-1" id="b"><button id="in-b"></button></li>
    <li tabindex="-1" id="c"></li></ul>`;
  list.value = document.querySelector("ul");
});
afterEach(() => {
  document.body.innerHTML = "";
});

/** Where the focus is after a key, and whether the key was taken. */
function press(key: string, more: KeyboardEventInit = {}) {
  const event = new KeyboardEvent("keydown", {
    ...{ key, cancelable: true },
    ...more,
  });
  walk(event);
  return [document.activeElement?.id, event.defaultPrevented];
}

test("one comes in at the end, and walks up and down from there", () => {
  expect(press("ArrowUp")).toEqual(["c", true]);
  expect(press("ArrowUp")).toEqual(["b", true]);
  expect(press("ArrowDown")).toEqual(["c", true]);
});

test("from a button in a line one comes to the line beside", () => {
  document.getElementById("in-b")?.focus();

  expect(press("ArrowUp")).toEqual(["a", true]);
});

test("at an end one stays, and the page does not scroll", () => {
  document.getElementById("a")?.focus();

  expect(press("ArrowUp")).toEqual(["a", true]);
});

test("other keys, and keys with another held, are not taken", () => {
  document.getElementById("b")?.focus();

  for (const more of [{ altKey: true }, { ctrlKey: true }, { metaKey: true }])
    expect(press("ArrowUp", more)).toEqual(["b", false]);
  expect(press("Home")).toEqual(["b", false]);
});

test("an empty list, or one that is not there yet, leaves the key alone", () => {
  list.value!.innerHTML = "";
  expect(press("ArrowUp")[1]).toBe(false);

  list.value = null;
  expect(press("ArrowUp")[1]).toBe(false);
});
