import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";
import { nextTick } from "vue";

import { useNotifications } from "../../stores/notifications";
import { fakeApp } from "../../testing/fakeServices";
import AnnouncementBanner from "./AnnouncementBanner.vue";

test("what everybody is told is read out when it comes, and stays until it is closed", async () => {
  const { client } = fakeApp();
  useNotifications().listen(client);
  const banner = mount(AnnouncementBanner);
  const place = banner.get("[role=status]"); // there before there is anything to read out
  expect(place.text()).toBe("");

  client.emit("frame", { type: "announcement", text: "<b>Tea</b> at four." });
  await nextTick();
  expect(place.text()).toBe("<b>Tea</b> at four.");
  await banner.get("button[aria-label=Close]").trigger("click");

  expect(place.text()).toBe("");
});

test("a later announcement takes the place of an earlier one", async () => {
  const { client } = fakeApp();
  useNotifications().listen(client);
  const banner = mount(AnnouncementBanner);

  client.emit("frame", { type: "announcement", text: "Tea at four." });
  client.emit("frame", { type: "announcement", text: "Tea at five." });
  await nextTick();

  expect(banner.text()).toBe("Tea at five.");
});
