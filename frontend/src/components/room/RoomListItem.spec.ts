import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";
import { createMemoryHistory } from "vue-router";

import type { Room } from "../../protocol/frames";
import { makeRouter } from "../../router";
import { ann, ben, den, NOON } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import RoomListItem from "./RoomListItem.vue";

const last = {
  ...{ seq: 3, by: ben.id, byName: ben.displayName },
  ...{ text: "**green** tea", sentAt: NOON },
};
const ROOM: Room = { ...den, lastMessage: last };

test.each<[string, Room, string]>([
  ["by somebody", ROOM, "小本: green tea"],
  [
    "by oneself",
    { ...ROOM, lastMessage: { ...last, by: ann.id } },
    "You: green tea",
  ],
  [
    "and deleted",
    { ...ROOM, lastMessage: { ...last, text: "" } },
    "This message was deleted.",
  ],
  ["never yet", den, "Nothing said yet"],
])("what was said last stands under the name: %s", (_, room, words) => {
  expect(previewOf({ room })).toBe(words);
});

test("what somebody blocked said last is hidden", () => {
  expect(previewOf({ isHidden: true })).toBe("From somebody you blocked.");
});

test("a draft comes before what was said, but not in the room that is open", () => {
  expect(previewOf({ draft: "I think" })).toBe("Draft: I think");
  expect(previewOf({ draft: "  " })).toBe("小本: green tea");
  expect(previewOf({ draft: "I think", isOpen: true })).toBe("小本: green tea");
});

test("how much is unread is told whole to a screen reader, in short to the eye", () => {
  const unread = (count: number) =>
    mounted({ room: { ...ROOM, unread: count } })
      .findAll("[data-testid=room-item-unread] span")
      .map((part) => part.text());

  expect(unread(0)).toEqual([]);
  expect(unread(1)).toEqual(["1", "1 unread message"]);
  expect(unread(120)).toEqual(["99+", "120 unread messages"]);
});

test("that one was named, that it is quiet and that it is open are told without colours", () => {
  const plain = mounted({});
  expect(plain.find(".marks").exists()).toBe(false);
  expect(plain.attributes("aria-current")).toBeUndefined();

  const marked = mounted({ namesMe: true, isQuiet: true, isOpen: true });

  expect(marked.text()).toContain("You were named");
  expect(marked.text()).toContain("Does not disturb");
  expect(marked.attributes("aria-current")).toBe("page");
  expect(marked.attributes("href")).toBe("/rooms/den");
});

type Props = InstanceType<typeof RoomListItem>["$props"];

function mounted(more: Partial<Props>) {
  const { app } = fakeApp();
  const props = { room: ROOM, isOpen: false, draft: "", myId: ann.id };
  return mount(RoomListItem, {
    props: { ...props, namesMe: false, isQuiet: false, ...more },
    global: {
      plugins: [makeRouter(createMemoryHistory())],
      provide: app._context.provides,
    },
  });
}

function previewOf(more: Partial<Props>): string {
  return mounted(more).get("[data-testid=room-item-preview]").text();
}
