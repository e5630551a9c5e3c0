import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import { makeRouter } from "../../router";
import { useSession } from "../../stores/session";
import { useSettings } from "../../stores/settings";
import { ann } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import type { ChatApi } from "../../transport/chatApi";
import SettingsDialog from "./SettingsDialog.vue";

const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
  blocks: vi.fn<ChatApi["blocks"]>(),
  sessions: vi.fn<ChatApi["sessions"]>(),
  signOut: vi.fn<ChatApi["signOut"]>(),
  changeProfile: vi.fn<ChatApi["changeProfile"]>(),
};
let dialog: VueWrapper;

beforeEach(() => {
  api.me.mockResolvedValue({ user: ann });
  api.rooms.mockResolvedValue({ rooms: [] });
  api.blocks.mockResolvedValue({ users: {} });
  api.sessions.mockResolvedValue({ sessions: [] });
  api.changeProfile.mockResolvedValue({ user: ann });
});
afterEach(() => {
  dialog.unmount();
  vi.unstubAllGlobals();
  localStorage.clear();
  delete document.documentElement.dataset.theme;
});

test("another language is spoken at once, and the server is told of it", async () => {
  const { choose } = await opened();
  expect(dialog.get("h2").text()).toBe("Settings");

  await choose("zh-CN");

  expect(dialog.get("h2").text()).toBe("设置");
  expect(api.changeProfile).toHaveBeenCalledExactlyOnceWith({
    language: "zh-CN",
  });
});

test("how the page looks and sends is as it was chosen", async () => {
  const { choose } = await opened();

  await choose("dark");
  await choose("ctrlEnter");

  expect(document.documentElement.dataset.theme).toBe("dark");
  expect(useSettings().sendKey).toBe("ctrlEnter");
});

test("where the browser shows no notifications, that is said, and they stay off", async () => {
  const { choose } = await opened();
  vi.stubGlobal("Notification", { permission: "denied" });
  expect(dialog.find("[role=alert]").exists()).toBe(false);

  await choose("on");

  expect(dialog.get("[role=alert]").text()).toContain("does not allow it");
  expect(useSettings().isNotifying).toBe(false);
});

test("an administrator is shown what was reported, others are not", async () => {
  const isOffered = () => dialog.find("[data-testid=open-reports]").exists();
  await opened();
  expect(isOffered()).toBe(false);
  dialog.unmount();

  api.me.mockResolvedValue({ user: { ...ann, administrator: true } });
  await opened();

  expect(isOffered()).toBe(true);
});

test("signing out leads to the entry, even when the server cannot be told", async () => {
  api.signOut.mockRejectedValue(new TypeError("no network"));
  const { router } = await opened();

  await dialog.get("[data-testid=sign-out]").trigger("click");
  await vi.dynamicImportSettled();
  await flushPromises();

  expect(useSession().state).toBe("signedOut");
  expect(router.currentRoute.value.name).toBe("entry");
});

async function opened() {
  const { app } = fakeApp(api);
  await useSession().restore();
  const router = makeRouter(createMemoryHistory());
  dialog = mount(SettingsDialog, {
    global: { plugins: [router], provide: app._context.provides },
  });
  await flushPromises();
  const choose = async (value: string) => {
    await dialog.get(`[data-testid=choice-${value}] input`).setValue();
    await flushPromises();
  };
  return { router, choose };
}
