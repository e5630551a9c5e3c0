import { mount, type VueWrapper } from "@vue/test-utils";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import type { Room } from "../../protocol/frames";
import { makeRouter } from "../../router";
import { den } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { fakeScreen } from "../../testing/fakeScreen";
import RoomHeader from "./RoomHeader.vue";

let header: VueWrapper;
beforeEach(() => fakeScreen(1024));
afterEach(() => {
  header.unmount();
  vi.unstubAllGlobals();
});
// What stands in for a dialog does not keep the real one from being fetched.
afterAll(() => vi.dynamicImportSettled());

test("how many are members and how many are here is told, by number or by name", async () => {
  mounted();
  const people = () => header.get("[data-testid=room-people]").text();
  expect(people()).toBe("2 members");

  await header.setProps({ online: ["ann"] });
  expect(people()).toBe("1 here · 2 members");
  await header.setProps({ online: 120 });

  expect(people()).toBe("120 here · 2 members");
});

test("the button of the members says whether they are shown", async () => {
  mounted();
  const toggle = header.get("button[aria-label=Members]");
  expect(toggle.attributes("aria-expanded")).toBe("false");

  await toggle.trigger("click");
  expect(header.emitted("update:areMembersShown")).toEqual([[true]]);
  await header.setProps({ areMembersShown: true });

  expect(toggle.attributes("aria-expanded")).toBe("true");
});

test("who has the code can invite; who has none is not offered it", async () => {
  mounted();
  await header.get("[data-testid=open-invite]").trigger("click");
  await vi.waitFor(() => expect(dialog().exists()).toBe(true));
  expect(dialog().attributes("code")).toBe("den-code");
  header.unmount();

  mounted({ room: { ...den, code: "" } });

  expect(header.find("[data-testid=open-invite]").exists()).toBe(false);
});

test("the picture of a room can be seen large", async () => {
  mounted({ room: { ...den, avatarUrl: "/media/p1" } });

  await header.get("[data-testid=open-room-picture]").trigger("click");

  const large = await vi.waitFor(
    () => header.get("[data-testid=picture-large]"),
    { timeout: 10_000 },
  );
  expect(large.attributes("src")).toBe("/media/p1");
});

test("a room beside another can be closed; another can be opened where there is space", async () => {
  const offers = (name: string) =>
    header.find(`[data-testid=${name}]`).exists();
  mounted();
  expect([offers("open-beside"), offers("close-beside")]).toEqual([
    ...[false, false],
  ]);
  header.unmount();
  fakeScreen(1440);
  mounted();
  expect(offers("open-beside")).toBe(true);
  header.unmount();

  mounted({ isBeside: true });
  expect([offers("open-beside"), offers("back-to-rooms")]).toEqual([
    ...[false, false],
  ]);
  await header.get("[aria-label='Close The den']").trigger("click");

  expect(header.emitted("close")).toHaveLength(1);
});

function dialog() {
  return header.findComponent({ name: "RoomInviteDialog" });
}

function mounted(more: { room?: Room; isBeside?: boolean } = {}) {
  const { app } = fakeApp();
  header = mount(RoomHeader, {
    props: { room: den, areMembersShown: false, ...more },
    global: {
      plugins: [makeRouter(createMemoryHistory())],
      provide: app._context.provides,
      stubs: { RoomInviteDialog: true },
    },
  });
}
