import { mount } from "@vue/test-utils";
import { expect, test, vi } from "vitest";

import IconButton from "./IconButton.vue";

test("a pictogram is read aloud by its name, and shown by it only where that is wished", () => {
  const names = (hasTooltip: boolean) => {
    const button = shown({ hasTooltip });
    return [button.attributes("aria-label"), button.attributes("title")];
  };

  expect(names(false)).toEqual(["Search", undefined]);
  expect(names(true)).toEqual(["Search", "Search"]);
});

test("what is said of the button reaches it, and so does what is pressed", async () => {
  const onClick = vi.fn();
  const button = shown({ "aria-expanded": true, title: "Find", onClick });

  await button.get("button[aria-expanded=true][title=Find]").trigger("click");

  expect(onClick).toHaveBeenCalledOnce();
  expect(button.get("svg").attributes("aria-hidden")).toBe("true");
});

test("whoever opened something with it can be led back to it", () => {
  const button = shown({}, document.body);

  button.vm.focus();

  expect(document.activeElement).toBe(button.element);
  button.unmount();
});

function shown(attrs: object, attachTo?: HTMLElement) {
  return mount(IconButton, {
    props: { icon: "search", label: "Search", ...attrs },
    ...(attachTo && { attachTo }),
  });
}
