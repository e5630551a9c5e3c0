import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { hosted } from "../testing/hosted";
import { useMediaQuery } from "./useMediaQuery";

/** A screen that a test turns. */
class Screen extends EventTarget {
  matches = false;
  turns(matches: boolean): void {
    this.matches = matches;
    this.dispatchEvent(new Event("change"));
  }
}
let screen: Screen;
const matchMedia = vi.fn<(query: string) => Screen>();

beforeEach(() => {
  screen = new Screen();
  matchMedia.mockImplementation(() => screen);
  vi.stubGlobal("matchMedia", matchMedia);
});
afterEach(() => vi.unstubAllGlobals());

test("it fits now, and it is followed", () => {
  screen.matches = true;
  const { given } = hosted(() => useMediaQuery("(width < 768px)"));
  expect(matchMedia).toHaveBeenCalledExactlyOnceWith("(width < 768px)");
  expect(given.value).toBe(true);

  screen.turns(false);
  expect(given.value).toBe(false);
});

test("who has left hears no more of it", () => {
  const { given, leave } = hosted(() => useMediaQuery("(width < 768px)"));

  leave();
  screen.turns(true);

  expect(given.value).toBe(false);
});
