import { mount, type VueWrapper } from "@vue/test-utils";
import { createPinia } from "pinia";
import { afterEach, expect, test } from "vitest";

import { ann, shown } from "../../testing/cast";
import MessageItem from "./MessageItem.vue";

const message = shown(1, ann, "green or black?");
let item: VueWrapper;
afterEach(() => item.unmount());

test("a mouse that goes elsewhere takes the buttons with it", async () => {
  const { point, hasActions } = mounted();

  await point("pointerenter", "mouse");
  expect(hasActions()).toBe(true);
  await point("pointerleave", "mouse");

  expect(hasActions()).toBe(false);
});

test("a finger that is lifted leaves the buttons to be tapped; one that scrolls brings none", async () => {
  const { point, hasActions } = mounted();

  await point("pointerenter", "touch");
  expect(hasActions()).toBe(false);
  await point("pointerup", "touch");
  await point("pointerleave", "touch");

  expect(hasActions()).toBe(true);
  expect(document.activeElement).toBe(item.element);
});

test("the button that asks something is still there when the question is answered", async () => {
  const { hasActions } = mounted();
  const dialog = document.createElement("dialog");
  const answer = dialog.appendChild(document.createElement("button"));
  (item.element as HTMLElement).focus();

  await item.trigger("focusout", { relatedTarget: answer });
  expect(hasActions()).toBe(true);
  await item.trigger("focusout", { relatedTarget: document.body });

  expect(hasActions()).toBe(false);
});

function mounted() {
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
