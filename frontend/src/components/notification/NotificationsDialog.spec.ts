import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import { makeRouter } from "../../router";
import { useNotifications } from "../../stores/notifications";
import { NOON } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import NotificationsDialog from "./NotificationsDialog.vue";

const api = {
  notifications: vi.fn<ChatApi["notifications"]>(),
  readNotifications: vi.fn<ChatApi["readNotifications"]>(),
};
const told = (id: string, title: string, link: string) => ({
  ...{ id, title, link, kind: "mention", createdAt: NOON, read: false },
});
let dialog: VueWrapper;

beforeEach(() => {
  api.notifications.mockResolvedValue({
    notifications: [
      told("2", "小本 named you", "/rooms/den/7"),
      told("1", "Look here", "//evil.example"),
    ],
    unread: 2,
  });
});
afterEach(() => dialog.unmount());

test("what one was told leads to where it happened, and the dialog goes", async () => {
  const { router, lines } = await opened();

  await lines()[0]?.trigger("click");
  await flushPromises();

  expect(router.currentRoute.value.fullPath).toBe("/rooms/den/7");
  expect(dialog.emitted("close")).toHaveLength(1);
});

test("what leads out of this site leads nowhere", async () => {
  const { lines } = await opened();

  expect(lines().map((line) => line.element.tagName)).toEqual([
    ...["BUTTON", "DIV"],
  ]);
});

test("what is looked at counts as new no more", async () => {
  const { lines } = await opened();

  expect(api.readNotifications).toHaveBeenCalledOnce();
  expect(useNotifications().unread).toBe(0);
  expect(lines()).toHaveLength(2); // it is still there to be read
});

test("what could not be fetched says why, and is asked for again", async () => {
  api.notifications.mockRejectedValueOnce(new ApiError("busy", 503, "", true));
  const { lines } = await opened();
  expect(dialog.get("[role=alert]").text()).toContain("full right now");
  expect(dialog.text()).not.toContain("Nothing yet.");

  await dialog.get("[role=alert] button").trigger("click");
  await flushPromises();

  expect(lines()).toHaveLength(2);
  expect(dialog.find("[role=alert]").exists()).toBe(false);
});

test("who was told nothing learns what would come here", async () => {
  api.notifications.mockResolvedValue({ notifications: [], unread: 0 });

  await opened();

  expect(dialog.text()).toContain("Mentions, reactions and invitations");
  expect(api.readNotifications).not.toHaveBeenCalled();
});

async function opened() {
  const { app } = fakeApp(api);
  const router = makeRouter(createMemoryHistory());
  dialog = mount(NotificationsDialog, {
    global: { plugins: [router], provide: app._context.provides },
  });
  await flushPromises();
  return { router, lines: () => dialog.findAll("[data-testid=notification]") };
}
