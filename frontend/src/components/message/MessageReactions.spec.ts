import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import { fakeRoomActions } from "../../testing/fakeRoomActions";
import MessageReactions from "./MessageReactions.vue";

const reactions = [
  { emoji: "🍵", count: 2, mine: true },
  { emoji: "👍", count: 1, mine: false },
];

test("a screen reader hears how many put which, and whether one did so oneself", () => {
  const { buttons } = mounted();

  expect(
    buttons.map((button) => [
      button.attributes("aria-label"),
      button.attributes("aria-pressed"),
    ]),
  ).toEqual([
    ["🍵 from 2 people", "true"],
    ["👍 from 1 person", "false"],
  ]);
});

test("a click takes one's own back, and joins in with others'", async () => {
  const { buttons, actions } = mounted();

  for (const button of buttons) await button.trigger("click");

  expect(actions.react.mock.calls).toEqual([
    [3, "🍵", false],
    [3, "👍", true],
  ]);
});

function mounted() {
  const { actions, provide } = fakeRoomActions();
  const row = mount(MessageReactions, {
    props: { seq: 3, reactions },
    global: { plugins: [createPinia()], provide },
  });
  return { buttons: row.findAll("button"), actions };
}
