// @vitest-environment happy-dom

import { afterEach, expect, it, vi } from "vitest";

import { pageSurroundings } from "./surroundings.js";

afterEach(() => {
  vi.restoreAllMocks();
});

it("knows whether the page is to be seen and whether there is a network", () => {
  expect(pageSurroundings.isVisible()).toBe(true);
  expect(pageSurroundings.isOnline()).toBe(true);

  vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);

  expect(pageSurroundings.isVisible()).toBe(false);
  expect(pageSurroundings.isOnline()).toBe(false);
});

it("tells of changes until it is told to stop", () => {
  let changes = 0;
  const stop = pageSurroundings.watch(() => (changes += 1));
  document.dispatchEvent(new Event("visibilitychange"));
  dispatchEvent(new Event("online"));
  dispatchEvent(new Event("offline"));
  stop();
  dispatchEvent(new Event("online"));

  expect(changes).toBe(3);
});

it("takes a program without a page for one that is looked at", () => {
  vi.stubGlobal("document", undefined);

  expect(pageSurroundings.isVisible()).toBe(true);
  expect(pageSurroundings.watch(() => expect.unreachable())).toBeTypeOf(
    "function",
  );
  vi.unstubAllGlobals();
});
