import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test, vi } from "vitest";

import PictureChooser from "./PictureChooser.vue";

test("the button opens the choice of pictures, and leaves the caret where it is", async () => {
  const { chooser, input } = mounted();
  const open = vi.spyOn(input.element as HTMLInputElement, "click");
  const button = chooser.get("button[aria-label='Add pictures']");

  const press = new MouseEvent("mousedown", { cancelable: true });
  button.element.dispatchEvent(press);
  await button.trigger("click");

  expect(press.defaultPrevented).toBe(true);
  expect(open).toHaveBeenCalledOnce();
  expect(input.attributes("accept")).toContain("image/png");
});

test("what is chosen is given on, twice where it is chosen twice", async () => {
  const { chooser, input } = mounted();
  const files = [new File(["x"], "tea.png", { type: "image/png" })];
  let value = "";
  Object.defineProperty(input.element, "files", { get: () => files });
  Object.defineProperty(input.element, "value", {
    get: () => value,
    set: (put: string) => (value = put),
  });

  value = "C:\\fakepath\\tea.png";
  await input.trigger("change");

  expect(chooser.emitted("choose")).toEqual([[files]]);
  expect(value).toBe(""); // a browser tells of no change where nothing was let go
});

function mounted() {
  const chooser = mount(PictureChooser, {
    global: { plugins: [createPinia()] },
  });
  return { chooser, input: chooser.get("input[type=file]") };
}
