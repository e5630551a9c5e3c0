import type { Welcome } from "@teahouse/client";
import { beforeEach, expect, test, vi } from "vitest";

import type { Room } from "../protocol/frames";
import { ann, ben, den, NOON, said } from "../testing/cast";
import { fakeApp, type FakeClient } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { useRooms } from "./rooms";
import { useSession } from "./session";

const lobby: Room = { ...den, id: "lobby", name: "Lobby", head: 7, readSeq: 7 };
const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
  createRoom: vi.fn<ChatApi["createRoom"]>(),
  joinRoom: vi.fn<ChatApi["joinRoom"]>(),
};
let client: FakeClient;
let rooms: ReturnType<typeof useRooms>;

beforeEach(async () => {
  api.me.mockResolvedValue({ user: ann });
  api.rooms.mockResolvedValue({ rooms: [den] });
  client = fakeApp(api).client;
  await useSession().restore();
  rooms = useRooms();
  await vi.waitFor(() => expect(rooms.isLoaded).toBe(true));
});

test("all pages of my rooms are fetched, and each room is heard from its head", async () => {
  api.rooms
    .mockResolvedValueOnce({ rooms: [den], next: "c2" })
    .mockResolvedValueOnce({ rooms: [lobby] });

  await rooms.load();

  expect(api.rooms).toHaveBeenLastCalledWith({ cursor: "c2" });
  expect([...rooms.byId.keys()]).toEqual(["den", "lobby"]);
  expect(client.joinRoom.mock.calls).toEqual([
    ["den", { epoch: "e1", seq: 1 }],
    ["lobby", { epoch: "e1", seq: 7 }],
  ]);
});

test("a message of somebody else is unread until it was seen", () => {
  hear(said(2, ben, "hello"));

  expect(rooms.unread).toBe(1);
  expect(rooms.byId.get("den")?.lastMessage).toMatchObject({
    text: "hello",
    byName: ben.displayName,
  });

  rooms.markRead("den", 2);

  expect(rooms.unread).toBe(0);
  expect(client.markRead.mock.calls).toEqual([["den", 2]]);
});

test("what I say myself is read, and the server hears of it once", () => {
  hear(said(2, ann, "hello"));

  expect(rooms.unread).toBe(0);

  rooms.markRead("den", 2);
  rooms.markRead("den", 2);

  expect(client.markRead.mock.calls).toEqual([["den", 2]]);
});

test("the room that was spoken in last, or just opened, stands on top", async () => {
  await rooms.load();
  api.createRoom.mockResolvedValue({ room: { ...den, id: "new" } });
  api.joinRoom.mockResolvedValue({ room: { ...den, id: "joined" } });

  await rooms.create({
    name: "New",
    description: "",
    kind: "private",
    avatar: "",
  });
  expect(order()).toEqual(["new", "den"]);

  hear(said(2, ben, "hello", Date.now() + 1000));
  expect(order()).toEqual(["den", "new"]);
});

test("an empty description is not sent", async () => {
  api.createRoom.mockResolvedValue({ room: lobby });

  await rooms.create({
    name: "New",
    description: "",
    kind: "private",
    avatar: "",
  });
  await rooms.create({
    ...{ name: "New", description: "about tea", kind: "public", avatar: "p1" },
  });

  expect(api.createRoom.mock.calls).toEqual([
    [{ name: "New", kind: "private" }],
    [{ name: "New", kind: "public", description: "about tea", avatar: "p1" }],
  ]);
});

test("another device of mine has read", () => {
  hear(said(2, ben, "hello"), said(3, ben, "again"));

  client.emit("frame", { type: "read", roomId: "den", seq: 2, unread: 1 });

  expect(rooms.unread).toBe(1);
});

test("who a direct room is with gives it another name", () => {
  client.emit("roomAdded", {
    room: { ...lobby, id: "direct", kind: "direct", name: "Ben", peer: ben },
  });

  client.emit("frame", {
    type: "userChanged",
    user: { ...ben, displayName: "Benjamin" },
  });

  expect(rooms.byId.get("direct")?.name).toBe("Benjamin");
  expect(rooms.byId.get("den")?.name).not.toBe("Benjamin");
});

test("a room that ends, or that I may not hear, leaves the list", () => {
  client.emit("roomRemoved", { roomId: "den", reason: "removed" });
  expect(rooms.byId.has("den")).toBe(false);

  client.emit("roomAdded", { room: lobby });
  expect(rooms.byId.has("lobby")).toBe(true);
  client.emit("joinRefused", { roomId: "lobby", code: "busy", message: "" });
  expect(rooms.byId.has("lobby")).toBe(true);
  client.emit("joinRefused", {
    roomId: "lobby",
    code: "not_a_member",
    message: "",
  });
  expect(rooms.byId.has("lobby")).toBe(false);
});

test("whoever speaks is here, whoever leaves is not", () => {
  client.emit("joined", { roomId: "den", online: [ann.id], users: {} });

  hear(said(2, ben, "said long ago"));
  expect(rooms.onlineIn.get("den")).toEqual([ann.id]);
  hear(said(3, ben, "said now", Date.now()));
  expect(rooms.onlineIn.get("den")).toEqual([ann.id, ben.id]);

  client.emit("events", {
    roomId: "den",
    epoch: "e1",
    events: [
      { seq: 4, kind: "memberLeft", by: ben.id, userId: ben.id, at: NOON },
    ],
    users: {},
  });
  expect(rooms.onlineIn.get("den")).toEqual([ann.id]);
});

test("a list that cannot be fetched says why, and can be asked for again", async () => {
  api.rooms.mockRejectedValueOnce(new TypeError("Failed to fetch"));

  await rooms.load();
  expect(rooms.failure).toBe("unreachable");

  await rooms.load();
  expect(rooms.failure).toBeUndefined();
});

test("a welcome after a reconnect does not take back what was heard", () => {
  hear(said(2, ben, "hello"));
  const welcome: Welcome = {
    type: "welcome",
    user: ann,
    rooms: [den, lobby],
    more: false,
    unreadNotifications: 0,
    now: NOON,
    pingS: 30,
    serverVersion: "0",
  };

  client.emit("welcome", welcome);

  expect(rooms.byId.get("den")).toMatchObject({ head: 2, unread: 1 });
  expect(rooms.byId.has("lobby")).toBe(true);
});

function hear(...events: ReturnType<typeof said>[]): void {
  client.emit("events", {
    roomId: "den",
    epoch: "e1",
    events,
    users: { ann, ben },
  });
}

function order(): string[] {
  return rooms.list.map((room) => room.id);
}
