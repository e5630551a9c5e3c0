import { mount, type VueWrapper } from "@vue/test-utils";
import { createPinia } from "pinia";
import { afterAll, afterEach, expect, test, vi } from "vitest";

import EmojiButton from "./EmojiButton.vue";

let place: VueWrapper;
afterEach(() => place.unmount());
// What stands in for a dialog does not keep the real one from being fetched.
afterAll(() => vi.dynamicImportSettled());

test("the button opens the emoji and closes them again, and says which", async () => {
  const { button, picker } = mounted();
  expect(button.attributes("aria-expanded")).toBe("false");

  await button.trigger("click");
  await vi.waitFor(() => expect(picker().exists()).toBe(true));
  expect(button.attributes("aria-expanded")).toBe("true");
  await button.trigger("click");

  expect(picker().exists()).toBe(false);
});

test("the emoji that is chosen is given on, and the picker goes", async () => {
  const { picker } = await opened();

  await picker().vm.$emit("choose", "🍵");

  expect(place.emitted("choose")).toEqual([["🍵"]]);
  expect(picker().exists()).toBe(false);
});

test("who gives up is led back; who goes elsewhere is left there", async () => {
  const { picker, button } = await opened();

  await picker().trigger("focusout", { relatedTarget: picker().element });
  expect(picker().exists()).toBe(true); // the control: still inside
  await picker().trigger("focusout", { relatedTarget: document.body });
  expect(picker().exists()).toBe(false);
  expect(place.emitted("close")).toBeUndefined();

  await button.trigger("click");
  await picker().vm.$emit("close");

  expect(place.emitted("close")).toHaveLength(1);
  expect(picker().exists()).toBe(false);
});

async function opened() {
  const shown = mounted();
  await shown.button.trigger("click");
  await vi.waitFor(() => expect(shown.picker().exists()).toBe(true));
  return shown;
}

function mounted() {
  place = mount(EmojiButton, {
    attachTo: document.body,
    global: { plugins: [createPinia()], stubs: { EmojiPicker: true } },
  });
  return {
    button: place.get("[data-testid=open-emoji]"),
    picker: () => place.findComponent({ name: "EmojiPicker" }),
  };
}
