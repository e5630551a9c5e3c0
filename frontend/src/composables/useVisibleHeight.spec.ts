import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { hosted } from "../testing/hosted";
import { useVisibleHeight } from "./useVisibleHeight";

/** What of a page 700 px high can be seen. */
class Viewport extends EventTarget {
  height = 700;
  scale = 1;
}
let viewport: Viewport;
const scrollTo = vi.fn();
const visible = () =>
  document.documentElement.style.getPropertyValue("--visible-height");

beforeEach(() => {
  viewport = new Viewport();
  vi.stubGlobal("visualViewport", viewport);
  vi.stubGlobal("innerHeight", 700);
  vi.stubGlobal("scrollTo", scrollTo);
});
afterEach(() => vi.unstubAllGlobals());

const becomes = (change: Partial<Viewport>) => {
  Object.assign(viewport, change);
  viewport.dispatchEvent(new Event("resize"));
};

test("a keyboard that opens leaves the page its own height, at its top", () => {
  hosted(useVisibleHeight);

  becomes({ height: 400 });
  expect(visible()).toBe("400px");
  expect(scrollTo).toHaveBeenCalledExactlyOnceWith(0, 0);

  becomes({ height: 700 });
  expect(visible()).toBe("");
});

test.each([{ height: 620 }, { height: 350, scale: 2 }])(
  "a bar of the browser, or a page that is zoomed, is no keyboard: %j",
  (change) => {
    hosted(useVisibleHeight);

    becomes(change);

    expect(visible()).toBe("");
    expect(scrollTo).not.toHaveBeenCalled();
  },
);

test("who has left leaves the page as it was, and follows no keyboard", () => {
  const { leave } = hosted(useVisibleHeight);
  becomes({ height: 400 });

  leave();
  expect(visible()).toBe("");
  becomes({ height: 300 });

  expect(visible()).toBe("");
});

test("a browser that cannot tell is left alone", () => {
  vi.stubGlobal("visualViewport", null);

  hosted(useVisibleHeight).leave();

  expect(visible()).toBe("");
});
