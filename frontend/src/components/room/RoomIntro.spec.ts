import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import type { Room } from "../../protocol/frames";
import { den } from "../../testing/cast";
import RoomIntro from "./RoomIntro.vue";

test("above the first word stands which room this is, and what it is about", () => {
  const intro = mounted({ description: "Tea, mostly." });

  expect(intro.text()).toContain("This is where The den begins.");
  expect(intro.text()).toContain("Tea, mostly.");
});

test("who is alone is asked to invite others", async () => {
  const intro = mounted({ memberCount: 1 });

  await intro.get("button").trigger("click");

  expect(intro.emitted("invite")).toHaveLength(1);
});

test.each<[string, Partial<Room>]>([
  ["others are there", { memberCount: 2 }],
  ["one has no code to give", { memberCount: 1, code: "" }],
])("nobody is asked to where %s", (_, more) => {
  expect(mounted(more).find("button").exists()).toBe(false);
});

function mounted(more: Partial<Room>) {
  return mount(RoomIntro, {
    props: { room: { ...den, ...more } },
    global: { plugins: [createPinia()] },
  });
}
