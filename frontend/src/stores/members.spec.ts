import { beforeEach, expect, test, vi } from "vitest";

import type { Member } from "../protocol/frames";
import { ann, ben, NOON, person, said } from "../testing/cast";
import { fakeApp, type FakeClient } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { useMembers } from "./members";
import { useSession } from "./session";

const cleo = person("cleo", "Cleo");
const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
  members: vi.fn<ChatApi["members"]>(),
  removeMember: vi.fn<ChatApi["removeMember"]>(),
};
let client: FakeClient;
let members: ReturnType<typeof useMembers>;

beforeEach(async () => {
  api.me.mockResolvedValue({ user: ann });
  api.rooms.mockResolvedValue({ rooms: [] });
  client = fakeApp(api).client;
  await useSession().restore();
  members = useMembers();
  api.members.mockResolvedValueOnce({
    members: [line(ann, "owner", true)],
    next: "more",
  });
  api.members.mockResolvedValueOnce({ members: [line(ben)] });
});

test("all pages are fetched", async () => {
  await members.load("den");

  expect(api.members.mock.calls).toEqual([
    ["den", {}],
    ["den", { cursor: "more" }],
  ]);
  expect(names()).toEqual(["Ann", "小本"]);
});

test("who comes, leaves and speaks shows without asking again", async () => {
  await members.load("den");
  const told = { by: "cleo", userId: "cleo", at: NOON };

  hear({ seq: 2, kind: "memberJoined", ...told });
  hear(said(3, ben, "hello", Date.now()));
  expect(names()).toEqual(["Ann", "小本", "Cleo"]);
  expect(list().members.map(({ online }) => online)).toEqual([
    true,
    true,
    true,
  ]);

  hear({ seq: 4, kind: "memberLeft", ...told });
  expect(names()).toEqual(["Ann", "小本"]);
});

test("a new name shows at once", async () => {
  await members.load("den");

  client.emit("frame", {
    type: "userChanged",
    user: { ...ben, displayName: "Benjamin" },
  });

  expect(names()).toEqual(["Ann", "Benjamin"]);
});

test("a new connection says who is here", async () => {
  await members.load("den");

  client.emit("joined", { roomId: "den", online: ["ben"], users: {} });

  expect(list().members.map(({ online }) => online)).toEqual([false, true]);
});

test("whoever is removed is gone at once; a refusal leaves the list as it is", async () => {
  await members.load("den");
  api.removeMember.mockRejectedValueOnce(new TypeError("Failed to fetch"));
  await expect(members.remove("den", "ben")).rejects.toThrow(TypeError);
  expect(names()).toEqual(["Ann", "小本"]);

  await members.remove("den", "ben");
  expect(names()).toEqual(["Ann"]);
});

test("a list that cannot be fetched says why", async () => {
  api.members.mockReset();
  api.members.mockRejectedValueOnce(new TypeError("Failed to fetch"));

  await members.load("den");

  expect(list()).toMatchObject({ failure: "unreachable", isLoading: false });
});

function hear(event: Parameters<FakeClient["emit"]>[1] | object): void {
  client.emit("events", {
    roomId: "den",
    epoch: "e1",
    events: [event as never],
    users: { ann, ben, cleo },
  });
}

function list() {
  return members.lists.get("den")!;
}

function names(): string[] {
  return list().members.map(({ user }) => user.displayName);
}

function line(
  user: Member["user"],
  role: Member["role"] = "member",
  online = false,
): Member {
  return { user, role, online };
}
