import { mount, type VueWrapper } from "@vue/test-utils";
import { createPinia } from "pinia";
import { afterEach, expect, test } from "vitest";

import type { ShownMessage } from "../../model/messageList";
import { ann } from "../../testing/cast";
import MessageItem from "./MessageItem.vue";

const message: ShownMessage = {
  kind: "message",
  key: "1",
  seq: 1,
  by: ann.id,
  at: 0,
  text: "green or black?",
  state: "sent",
  clientMessageId: "one",
  version: 1,
  reactions: [],
  pictures: [],
};
let item: VueWrapper;
afterEach(() => item.unmount());

test("a mouse that goes elsewhere takes the buttons with it", async () => {
  const { point, hasActions } = shown();

  await point("pointerenter", "mouse");
  expect(hasActions()).toBe(true);
  await point("pointerleave", "mouse");

  expect(hasActions()).toBe(false);
});

test("a finger that is lifted leaves the buttons to be tapped; one that scrolls brings none", async () => {
  const { point, hasActions } = shown();

  await point("pointerenter", "touch");
  expect(hasActions()).toBe(false);
  await point("pointerup", "touch");
  await point("pointerleave", "touch");

  expect(hasActions()).toBe(true);
  expect(document.activeElement).toBe(item.element);
});

test("the button that asks something is still there when the question is answered", async () => {
  const { hasActions } = shown();
  const dialog = document.createElement("dialog");
  const answer = dialog.appendChild(document.createElement("button"));
  (item.element as HTMLElement).focus();

  await item.trigger("focusout", { relatedTarget: answer });
  expect(hasActions()).toBe(true);
  await item.trigger("focusout", { relatedTarget: document.body });

  expect(hasActions()).toBe(false);
});

function shown() {
  item = mount(MessageItem, {
    attachTo: document.body,
    props: {
      ...{ message, author: ann, isMine: false, namesMe: false },
      ...{ isFirst: true, isLast: true, isLit: false },
    },
    global: { plugins: [createPinia()] },
  });
  const point = (type: string, pointerType: string) =>
    item.trigger(type, { pointerType });
  const hasActions = () => item.find("[data-testid=message-actions]").exists();
  return { point, hasActions };
}
