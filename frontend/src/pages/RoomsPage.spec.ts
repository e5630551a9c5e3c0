import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMemoryHistory, RouterView } from "vue-router";

import type { Room } from "../protocol/frames";
import { makeRouter } from "../router";
import { useSession } from "../stores/session";
import { ann, den } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import { fakeScreen } from "../testing/fakeScreen";
import { ApiError, type ChatApi } from "../transport/chatApi";

// The liveliest room stands first.
const lively = (id: string, sentAt: number, unread = 0): Room => ({
  ...{ ...den, id, name: `Room ${id}`, unread },
  lastMessage: {
    seq: 1,
    by: ann.id,
    byName: ann.displayName,
    text: "",
    sentAt,
  },
});
const MINE = [lively("den", 3), lively("garden", 2), lively("owls", 1, 2)];
const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
};
let page: VueWrapper;

beforeEach(() => {
  api.me.mockResolvedValue({ user: ann });
  api.rooms.mockResolvedValue({ rooms: MINE });
});
afterEach(() => {
  page.unmount();
  vi.unstubAllGlobals();
});
// What stands in for a dialog does not keep the real one from being fetched.
afterAll(() => vi.dynamicImportSettled());

test("beside the list a conversation is open; on a phone one chooses first", async () => {
  const wide = await opened("/", 1024);
  expect(wide.path()).toBe("/rooms/den");
  expect(views()).toEqual(["den"]);
  page.unmount();

  const phone = await opened("/", 360);

  expect(phone.path()).toBe("/");
  expect(views()).toEqual([]);
  expect(page.text()).toContain("Take a seat");
});

test("two rooms stand side by side where there is space, never one twice", async () => {
  await opened("/rooms/den?beside=owls", 1440);
  expect(views()).toEqual(["den", "owls"]);
  page.unmount();
  await opened("/rooms/den?beside=owls", 1024);
  expect(views()).toEqual(["den"]);
  page.unmount();

  await opened("/rooms/den?beside=den", 1440);

  expect(views()).toEqual(["den"]);
});

test("keys lead to the next room, and to the next unread one", async () => {
  const { path, press } = await opened("/rooms/den", 1024);

  await press("ArrowDown");
  expect(path()).toBe("/rooms/garden");
  await press("ArrowUp");
  await press("ArrowDown", { shiftKey: true });
  expect(path()).toBe("/rooms/owls");
  await press("ArrowDown"); // there is none below

  expect(path()).toBe("/rooms/owls");
});

test("a key asks for another room, and who chooses one is brought there", async () => {
  const { path, press } = await opened("/rooms/den", 1024);
  const switcher = () => page.findComponent({ name: "RoomSwitcher" });

  await press("k", { altKey: false, ctrlKey: true });
  await vi.waitFor(() => expect(switcher().exists()).toBe(true));
  switcher().vm.$emit("choose", "owls");
  await flushPromises();

  expect(path()).toBe("/rooms/owls");
  expect(switcher().exists()).toBe(false);
});

test("rooms that could not be fetched say why where one is open by its address", async () => {
  api.rooms.mockRejectedValue(new ApiError("busy", 503, "", true));
  await opened("/rooms/den", 1024);
  const failed = page.get("[data-testid=rooms-failed]");
  expect(failed.text()).toContain("full right now");

  api.rooms.mockResolvedValue({ rooms: MINE });
  await failed.get("button").trigger("click");
  await flushPromises();

  expect(views()).toEqual(["den"]);
});

function views(): string[] {
  const found = page.findAllComponents({ name: "RoomView" });
  return found.map((view) => (view.props("room") as Room).id);
}

async function opened(at: string, widthPx: number) {
  fakeScreen(widthPx);
  const { app } = fakeApp(api);
  await useSession().restore();
  const router = makeRouter(createMemoryHistory());
  await router.push(at);
  page = mount(RouterView, {
    attachTo: document.body,
    global: {
      plugins: [router],
      provide: app._context.provides,
      stubs: {
        ...{ RoomView: true, RoomSidebar: true, RoomSwitcher: true },
        ...{ ConnectionBanner: true, AnnouncementBanner: true },
      },
    },
  });
  await flushPromises();
  const path = () => router.currentRoute.value.fullPath;
  const press = async (key: string, init: KeyboardEventInit = {}) => {
    document.body.dispatchEvent(
      new KeyboardEvent("keydown", {
        ...{ key, altKey: true, bubbles: true, ...init },
      }),
    );
    await flushPromises();
  };
  return { path, press };
}
