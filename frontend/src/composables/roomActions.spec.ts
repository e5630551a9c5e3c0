import { mount } from "@vue/test-utils";
import { expect, test, vi } from "vitest";
import { h } from "vue";

import {
  provideRoomActions,
  useRoomActions,
  type RoomActions,
} from "./roomActions";

let found: RoomActions;
const Message = {
  setup() {
    found = useRoomActions();
    return () => null;
  },
};

test("a message finds what the view of its room can do", () => {
  const reply = vi.fn();
  const Room = {
    setup() {
      provideRoomActions({ ...none(), reply, mayDelete: () => true });
      return () => h("div", h(Message));
    },
  };

  mount(Room).unmount();
  found.reply(3);

  expect(reply).toHaveBeenCalledExactlyOnceWith(3);
  expect(found.mayDelete("ben")).toBe(true);
});

test("where no room is around, nothing may be done, and nothing breaks", () => {
  mount(Message).unmount();

  expect(found.mayDelete("ben")).toBe(false);
  expect(found.linkTo(3)).toBe("");
  const { linkTo: _, mayDelete: __, ...acts } = found;
  for (const act of Object.values(acts))
    expect((act as (seq: number) => unknown)(3)).toBeUndefined();
});

/** What is done where nothing can be. */
function none(): RoomActions {
  mount(Message).unmount();
  return found;
}
