import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import { ben } from "../../testing/cast";
import ComposerSuggestions from "./ComposerSuggestions.vue";

const items = [
  { key: "ben", put: "@ben ", label: ben.displayName, user: ben },
  { key: "🍵", put: "🍵", label: "teacup", emoji: "🍵" },
];

test("people are told apart by their user names, emoji by what they are called", () => {
  const [person, emoji] = mounted().findAll("[role=option]");

  expect(person?.text()).toContain("小本@ben");
  expect(emoji?.text()).toContain("🍵teacup");
  expect(emoji?.text()).not.toContain("@");
});

test("the one that Enter would choose is marked for a screen reader", async () => {
  const list = mounted();
  const chosen = () =>
    list.findAll("[aria-selected=true]").map((option) => option.element.id);
  expect(chosen()).toEqual(["suggested-0"]);

  await list.setProps({ at: 1 });

  expect(chosen()).toEqual(["suggested-1"]);
});

test("a click chooses, and leaves the caret where one writes", async () => {
  const list = mounted();
  const emoji = list.get("#suggested-1");

  await emoji.trigger("pointermove");
  const press = new MouseEvent("mousedown", { cancelable: true });
  emoji.element.dispatchEvent(press);
  await emoji.trigger("click");

  expect(list.emitted("point")).toEqual([[1]]);
  expect(press.defaultPrevented).toBe(true);
  expect(list.emitted("choose")).toEqual([[items[1]]]);
});

function mounted() {
  return mount(ComposerSuggestions, {
    props: { listId: "suggested", items, at: 0 },
    global: { plugins: [createPinia()] },
  });
}
