import { mount } from "@vue/test-utils";
import { afterAll, expect, test, vi } from "vitest";
import { nextTick } from "vue";

import { useNotifications } from "../../stores/notifications";
import { fakeApp } from "../../testing/fakeServices";
import NotificationsButton from "./NotificationsButton.vue";
// What stands in for a dialog does not keep the real one from being fetched.
afterAll(() => vi.dynamicImportSettled());

test("a screen reader hears how many are new; the eye is spared large numbers", async () => {
  const { bell } = mounted();
  const name = () => bell.get("button").attributes("aria-label");
  const shown = () => bell.get("button").text();
  expect([name(), shown()]).toEqual(["Notifications", ""]);

  useNotifications().unread = 9;
  await nextTick();
  expect([name(), shown()]).toEqual(["9 new notifications", "9"]);
  useNotifications().unread = 10;
  await nextTick();

  expect([name(), shown()]).toEqual(["10 new notifications", "9+"]);
});

test("the bell opens what one was told, which can be closed", async () => {
  const { bell, dialog } = mounted();
  expect(dialog().exists()).toBe(false);

  await bell.get("button").trigger("click");
  await vi.waitFor(() => expect(dialog().exists()).toBe(true));
  await dialog().vm.$emit("close");

  expect(dialog().exists()).toBe(false);
});

function mounted() {
  const { app } = fakeApp();
  const bell = mount(NotificationsButton, {
    global: {
      provide: app._context.provides,
      stubs: { NotificationsDialog: true },
    },
  });
  const dialog = () => bell.findComponent({ name: "NotificationsDialog" });
  return { bell, dialog };
}
