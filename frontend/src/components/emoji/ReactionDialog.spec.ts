import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import ReactionDialog from "./ReactionDialog.vue";

test("the dialog says what the emoji is for, and gives on the one that is chosen", () => {
  const { dialog, picker } = mounted();
  expect(dialog.get("h2").text()).toBe("React");

  picker.vm.$emit("choose", "🍵");

  expect(dialog.emitted("choose")).toEqual([["🍵"]]);
});

test("Esc in the picker, which keeps it to itself, closes the dialog", () => {
  const { dialog, picker } = mounted();

  picker.vm.$emit("close");

  expect(dialog.emitted("close")).toHaveLength(1);
  expect(dialog.emitted("choose")).toBeUndefined();
});

function mounted() {
  const dialog = mount(ReactionDialog, {
    global: { plugins: [createPinia()], stubs: { EmojiPicker: true } },
  });
  return { dialog, picker: dialog.getComponent({ name: "EmojiPicker" }) };
}
