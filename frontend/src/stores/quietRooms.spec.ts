import { beforeEach, expect, test } from "vitest";

import { ann, ben } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import { useQuietRooms } from "./quietRooms";
import { useSession } from "./session";

beforeEach(() => localStorage.clear());

function opened() {
  const { app } = fakeApp();
  return app.runWithContext(() => {
    useSession().user = ann;
    return useQuietRooms();
  });
}

test("a room is quiet from then on, after a reload too, until it is not", () => {
  const quiet = opened();
  expect(quiet.isQuiet("den")).toBe(false);

  quiet.keep("den", true);
  quiet.keep("lobby", true);
  expect(quiet.isQuiet("den")).toBe(true);
  expect(opened().isQuiet("den")).toBe(true);

  quiet.keep("den", false);
  expect(opened().isQuiet("den")).toBe(false);
  expect(opened().isQuiet("lobby")).toBe(true);
  quiet.keep("lobby", false);
  expect(localStorage).toHaveLength(0);
});

test("somebody else in this browser hears it", () => {
  const quiet = opened();
  quiet.keep("den", true);

  useSession().user = ben;

  expect(quiet.isQuiet("den")).toBe(false);
});
