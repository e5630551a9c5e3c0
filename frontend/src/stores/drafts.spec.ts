import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ann, ben } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import { useDrafts } from "./drafts";
import { useSession } from "./session";

beforeEach(() => localStorage.clear());
afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

/** The page, opened anew by Ann in this browser. */
function opened() {
  fakeApp();
  useSession().user = ann;
  return useDrafts();
}

test("what was being written is there after a reload, each in its room", () => {
  const drafts = opened();
  drafts.keep("den", "two cu");
  drafts.keep("lobby", "hello");

  expect(opened().draftOf("den")).toBe("two cu");
  expect(opened().draftOf("lobby")).toBe("hello");
  expect(opened().draftOf("attic")).toBe("");
});

test("what was sent or rubbed out leaves nothing behind", () => {
  const drafts = opened();
  drafts.keep("den", "two cu");
  drafts.keep("den", "");

  expect(drafts.draftOf("den")).toBe("");
  expect(localStorage).toHaveLength(0);
});

test("somebody else in this browser sees none of it, and it waits for me", () => {
  const drafts = opened();
  drafts.keep("den", "about Ben");

  useSession().user = ben;
  expect(drafts.draftOf("den")).toBe("");

  useSession().user = ann;
  expect(drafts.draftOf("den")).toBe("about Ben");
});

test("a browser that is full loses no word while the page is open", () => {
  const drafts = opened();
  vi.stubGlobal("localStorage", {
    setItem() {
      throw new DOMException("full", "QuotaExceededError");
    },
  });

  drafts.keep("den", "two cups");

  expect(drafts.draftOf("den")).toBe("two cups");
});
