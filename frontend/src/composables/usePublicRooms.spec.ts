import { beforeEach, expect, test, vi } from "vitest";

import { useRooms } from "../stores/rooms";
import { den } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import { ApiError, type ChatApi } from "../transport/chatApi";
import { usePublicRooms } from "./usePublicRooms";

const api = { publicRooms: vi.fn<ChatApi["publicRooms"]>() };
const room = (id: string) => ({ ...den, id, kind: "public" as const });
let rooms: ReturnType<typeof usePublicRooms>;

beforeEach(() => {
  rooms = fakeApp(api).app.runWithContext(usePublicRooms);
});

const ids = () => rooms.found.value.map(({ id }) => id);

test("page after page is added, and a room that moved meanwhile stands once", async () => {
  api.publicRooms.mockResolvedValueOnce({
    ...{ rooms: [room("a"), room("b")], next: "c1" },
  });
  await rooms.load();
  expect(rooms.hasMore.value).toBe(true);
  api.publicRooms.mockResolvedValueOnce({ rooms: [room("b"), room("c")] });
  await rooms.load();

  expect(ids()).toEqual(["a", "b", "c"]);
  expect(rooms.hasMore.value).toBe(false);
  expect(api.publicRooms.mock.calls).toEqual([[{}], [{ cursor: "c1" }]]);
});

test("a page that cannot be had leaves what is here, and is asked for again", async () => {
  api.publicRooms.mockResolvedValueOnce({ rooms: [room("a")], next: "c1" });
  await rooms.load();
  api.publicRooms.mockRejectedValueOnce(new ApiError("busy", 503, "", true));
  await rooms.load();
  expect(rooms.failure.value).toBe("busy");
  expect(ids()).toEqual(["a"]);

  api.publicRooms.mockResolvedValueOnce({ rooms: [room("b")] });
  await rooms.load();

  expect(rooms.failure.value).toBeUndefined();
  expect(api.publicRooms.mock.lastCall).toEqual([{ cursor: "c1" }]);
  expect(ids()).toEqual(["a", "b"]);
});

test("a room that one is in already is entered without asking", async () => {
  useRooms().take(room("a"));

  expect((await rooms.enter(room("a")))?.id).toBe("a");

  expect(rooms.isMine(room("a"))).toBe(true);
  expect(rooms.entering.value).toBeUndefined();
});

test("a room that cannot be entered says so at its place", async () => {
  expect(await rooms.enter(room("a"))).toBeUndefined(); // there is no line

  expect(rooms.entering.value).toBe("a");
  expect(rooms.refusal.value).toBe("unreachable");
  expect(rooms.isMine(room("a"))).toBe(false);
});
