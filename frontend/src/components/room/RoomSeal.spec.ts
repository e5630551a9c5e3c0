import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import type { Room } from "../../protocol/frames";
import { ben, den } from "../../testing/cast";
import RoomSeal from "./RoomSeal.vue";

test("a room shows its picture, or the first letter of its name", () => {
  const avatarUrl = "/media/p1";

  expect(mounted(den).text()).toBe("T");
  expect(
    mounted({ ...den, avatarUrl })
      .get("img")
      .attributes("src"),
  ).toBe(avatarUrl);
});

test("of two people it shows the other one, as they are now", async () => {
  const seal = mounted({ ...den, avatarUrl: "/media/old", peer: ben });
  expect(seal.text()).toBe("小");
  expect(seal.find("img").exists()).toBe(false);

  const peer = { ...ben, avatarUrl: "/media/new" };
  await seal.setProps({ room: { ...den, peer } });

  expect(seal.get("img").attributes("src")).toBe("/media/new");
});

function mounted(room: Room) {
  return mount(RoomSeal, {
    props: { room },
    global: { plugins: [createPinia()] },
  });
}
