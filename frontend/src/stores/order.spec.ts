import { ApiError } from "@teahouse/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ann, ben, den, NOON } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { useMembers } from "./members";
import { useOrder } from "./order";
import { useRooms } from "./rooms";

const refused = new ApiError("forbidden", 403, "", false);
const api = {
  members: vi.fn<ChatApi["members"]>(),
  changeRole: vi.fn<ChatApi["changeRole"]>(),
  mute: vi.fn<ChatApi["mute"]>(),
  ban: vi.fn<ChatApi["ban"]>(),
  bans: vi.fn<ChatApi["bans"]>(),
  changeRoom: vi.fn<ChatApi["changeRoom"]>(),
};
let order: ReturnType<typeof useOrder>;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  api.members.mockResolvedValue({
    members: [
      { user: ann, role: "owner", online: true },
      { user: ben, role: "member", online: true },
    ],
  });
  fakeApp(api);
  order = useOrder();
  await useMembers().load(den.id);
});
afterEach(() => vi.useRealTimers());

const member = () =>
  useMembers()
    .lists.get(den.id)
    ?.members.find(({ user }) => user.id === ben.id);

test("a new role shows as soon as the server has taken it", async () => {
  await order.changeRole(den.id, ben.id, "moderator");

  expect(api.changeRole.mock.calls).toEqual([[den.id, ben.id, "moderator"]]);
  expect(member()?.role).toBe("moderator");
});

test("whoever is muted is so until a moment, or not at all", async () => {
  await order.mute(den.id, ben.id, 60_000);
  expect(member()?.mutedUntil).toBe(NOON + 60_000);

  await order.mute(den.id, ben.id, 0);
  expect(member()?.mutedUntil).toBe(0);
  expect(api.mute.mock.calls.map(([, , until]) => until)).toEqual([
    ...[NOON + 60_000, null],
  ]);
});

test("whoever is banned is a member no more", async () => {
  await order.ban(den.id, ben.id);

  expect(member()).toBeUndefined();
});

test("what was refused leaves everything as it was", async () => {
  for (const call of [api.changeRole, api.mute, api.ban])
    call.mockRejectedValue(refused);

  await expect(order.changeRole(den.id, ben.id, "owner")).rejects.toBe(refused);
  await expect(order.mute(den.id, ben.id, 1)).rejects.toBe(refused);
  await expect(order.ban(den.id, ben.id)).rejects.toBe(refused);

  expect(member()).toEqual({ user: ben, role: "member", online: true });
});

test("all who are banned are listed, page after page", async () => {
  const ban = { user: ben, by: ann.id, at: NOON };
  api.bans.mockResolvedValueOnce({ bans: [ban], next: "c1" });
  api.bans.mockResolvedValueOnce({ bans: [{ ...ban, user: ann }] });

  const bans = await order.listBans(den.id);

  expect(bans.map(({ user }) => user.id)).toEqual([ben.id, ann.id]);
  expect(api.bans.mock.lastCall).toEqual([den.id, { cursor: "c1" }]);
});

test("a room that was changed is called so in the list", async () => {
  useRooms().take(den);
  api.changeRoom.mockResolvedValue({ room: { ...den, name: "The hut" } });

  await order.changeRoom(den.id, { name: "The hut" });

  expect(useRooms().byId.get(den.id)?.name).toBe("The hut");
});
