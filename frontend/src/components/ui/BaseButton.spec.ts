import { mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { h } from "vue";

import BaseButton from "./BaseButton.vue";

let form: VueWrapper;
afterEach(() => form.unmount());

test("only the button that sends a form sends it", async () => {
  const onSubmit = vi.fn((event: Event) => event.preventDefault());
  const [other, send] = shown(onSubmit);

  await other?.trigger("click");
  expect(onSubmit).not.toHaveBeenCalled();
  await send?.trigger("click");

  expect(onSubmit).toHaveBeenCalledOnce();
});

test("a busy button says so, and keeps the focus of whoever pressed it", async () => {
  const [other, send] = shown();

  send?.element.focus();

  expect(document.activeElement).toBe(send?.element);
  expect(send?.attributes("aria-disabled")).toBe("true");
  expect(other?.attributes()).not.toHaveProperty("aria-disabled");
});

function shown(onSubmit = vi.fn()) {
  const render = () =>
    h("form", { onSubmit }, [
      h(BaseButton, null, () => "Later"),
      h(BaseButton, { type: "submit", isBusy: true }, () => "Send"),
    ]);
  form = mount(render, { attachTo: document.body });
  return form.findAll("button");
}
