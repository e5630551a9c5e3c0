import { beforeEach, expect, test } from "vitest";

import { useSettings } from "../stores/settings";
import { den } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import { LOBBY_ID, useRoomFace } from "./useRoomFace";

let face: ReturnType<typeof useRoomFace>;

beforeEach(() => {
  localStorage.clear();
  face = fakeApp().app.runWithContext(useRoomFace);
});

test("a room is called as its owner wrote it; the lobby as the reader says it", () => {
  const lobby = { id: LOBBY_ID, name: "lobby" };
  expect(face.nameOf(den)).toBe("The den");
  expect(face.nameOf(lobby)).toBe("Lobby");

  useSettings().language = "zh-CN";

  expect(face.nameOf(den)).toBe("The den");
  expect(face.nameOf(lobby)).toBe("大厅");
});

test("a room has its colour wherever it is shown, and rooms differ", () => {
  const ids = Array.from({ length: 60 }, (_, at) => `room-${at}`);
  const colors = ids.map((id) => face.colorOf({ id }));

  expect(ids.map((id) => face.colorOf({ id }))).toEqual(colors);
  expect(new Set(colors).size).toBe(6);
  expect(colors.every((color) => /^#[0-9a-f]{6}$/.test(color ?? ""))).toBe(
    true,
  );
});
