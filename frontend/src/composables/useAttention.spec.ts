import { afterEach, beforeEach, expect, test } from "vitest";

import { useAttention } from "./useAttention";

let line: HTMLElement;
let isActive: ReturnType<typeof useAttention>["isActive"];

beforeEach(() => {
  document.body.innerHTML = `
    <div id="line" tabindex="-1"><button id="inside"></button></div>
    <button id="elsewhere"></button>
    <dialog open><button id="asked"></button></dialog>`;
  line = element("line");
  const attention = useAttention();
  isActive = attention.isActive;
  for (const [kind, listener] of Object.entries(attention.on))
    line.addEventListener(kind, listener as (event: Event) => void);
});
afterEach(() => {
  document.body.innerHTML = "";
});

const element = (id: string) => document.getElementById(id)!;
const point = (kind: string, pointerType: string) =>
  line.dispatchEvent(new PointerEvent(kind, { pointerType }));
/** The focus goes from the line's button to another element, or nowhere. */
const loses = (to: string | null) =>
  element("inside").dispatchEvent(
    new FocusEvent("focusout", {
      bubbles: true,
      relatedTarget: to === null ? null : element(to),
    }),
  );

test("a mouse has it while it is over the line", () => {
  point("pointerenter", "mouse");
  expect(isActive.value).toBe(true);

  point("pointerleave", "mouse");
  expect(isActive.value).toBe(false);
});

test("a finger passes without; a tap gives the line the focus, and by that it has it", () => {
  point("pointerenter", "touch");
  expect(isActive.value).toBe(false);

  point("pointerup", "touch");
  expect(document.activeElement).toBe(line);
  expect(isActive.value).toBe(true);
  point("pointerleave", "touch");
  expect(isActive.value).toBe(true);
});

test("a tap on a button in the line leaves the focus on the button", () => {
  element("inside").focus();

  point("pointerup", "touch");

  expect(document.activeElement?.id).toBe("inside");
});

test("the focus has it, and moving within the line or to a question keeps it", () => {
  element("inside").focus();
  expect(isActive.value).toBe(true);

  loses("line");
  loses("asked");
  expect(isActive.value).toBe(true);
  loses("elsewhere");
  expect(isActive.value).toBe(false);
});

test("a focus that goes nowhere lets go too", () => {
  element("inside").focus();

  loses(null);

  expect(isActive.value).toBe(false);
});
