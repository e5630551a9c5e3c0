import { flushPromises, mount } from "@vue/test-utils";
import { beforeEach, expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import type { Member, Room } from "../../protocol/frames";
import { makeRouter } from "../../router";
import { useSettings } from "../../stores/settings";
import { ann, ben, den, person } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import MemberPanel from "./MemberPanel.vue";

const api = {
  members: vi.fn<ChatApi["members"]>(),
  leaveRoom: vi.fn<ChatApi["leaveRoom"]>(),
};
const cleo = person("cleo", "Cleo");
const dora = person("dora", "Dora");
const seat = (
  user: Member["user"],
  role: Member["role"],
  online = true,
): Member => ({ user, role, online });

beforeEach(() => {
  api.members.mockResolvedValue({
    members: [
      seat(ben, "member"),
      seat(cleo, "moderator", false),
      seat(dora, "moderator"),
      seat(ann, "owner"),
    ],
  });
});

test("who is here comes first, and among them who looks after the room", async () => {
  const { panel } = await opened();

  const ids = panel
    .findAll("[data-testid=member]")
    .map((line) => line.attributes("data-user-id"));
  expect(ids).toEqual(["ann", "dora", "ben", "cleo"]);
});

test.each([
  ["owner", { settings: true, bans: true }],
  ["moderator", { settings: false, bans: true }],
  ["member", { settings: false, bans: false }],
] as const)("a %s is offered what they may do", async (role, offered) => {
  const { has } = await opened({ role });

  expect({
    settings: has("open-room-settings"),
    bans: has("open-bans"),
  }).toEqual(offered);
});

test("the last owner cannot leave, and one of two can", async () => {
  const { panel, has } = await opened();
  expect(has("leave-room")).toBe(false);
  expect(panel.text()).toContain("You own this room");

  api.members.mockResolvedValue({
    members: [seat(ann, "owner"), seat(ben, "owner")],
  });
  expect((await opened()).has("leave-room")).toBe(true);
});

test("of two people nobody keeps order over the other", async () => {
  const { has } = await opened({ kind: "direct" });

  expect(has("open-room-settings") || has("open-bans")).toBe(false);
});

test("members that cannot be fetched are asked for again", async () => {
  api.members.mockRejectedValueOnce(new ApiError("busy", 503, "", true));
  const { panel } = await opened();
  expect(panel.get("[role=alert]").text()).toContain("full right now");

  await panel.get("[role=alert] button").trigger("click");
  await flushPromises();

  expect(panel.findAll("[data-testid=member]")).toHaveLength(4);
});

test.each([
  ["en", "could not be fetched. The teahouse is full"],
  ["zh-CN", "未能读取成员。茶馆客满"],
] as const)("in %s what failed and why read as one text", async (to, said) => {
  api.members.mockRejectedValue(new ApiError("busy", 503, "", true));
  const { panel } = await opened({}, to);

  expect(panel.get("[role=alert]").text()).toContain(said);
});

test("leaving asks first, and tells the page once it is done", async () => {
  api.leaveRoom.mockRejectedValueOnce(new TypeError("no network"));
  const { panel, press } = await opened({ role: "member" });

  await press("leave-room");
  expect(api.leaveRoom).not.toHaveBeenCalled();
  await press("confirm-yes");
  expect(panel.emitted("left")).toBeUndefined();
  expect(panel.get(".refusal").text()).toContain("cannot be reached");
  await press("confirm-yes");

  expect(panel.emitted("left")).toHaveLength(1);
});

async function opened(
  change: Partial<Room> = {},
  language: "en" | "zh-CN" = "en",
) {
  const { app } = fakeApp(api);
  useSettings().language = language;
  const panel = mount(MemberPanel, {
    props: { room: { ...den, ...change }, me: ann },
    global: {
      plugins: [makeRouter(createMemoryHistory())],
      provide: app._context.provides,
    },
  });
  await flushPromises();
  const at = (name: string) => `[data-testid=${name}]`;
  const has = (name: string) => panel.find(at(name)).exists();
  const press = async (name: string) => {
    await panel.get(at(name)).trigger("click");
    await flushPromises();
  };
  return { panel, has, press };
}
