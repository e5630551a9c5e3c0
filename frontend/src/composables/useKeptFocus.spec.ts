import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";
import { defineComponent, h, useTemplateRef } from "vue";

import { useKeptFocus } from "./useKeptFocus";

const List = defineComponent({
  props: { names: { type: Array<string>, required: true } },
  setup(props) {
    useKeptFocus(useTemplateRef<HTMLElement>("list"));
    return () =>
      h(
        "ul",
        { ref: "list" },
        props.names.map((name) => h("li", { key: name }, h("button", name))),
      );
  },
});

function shown(...names: string[]) {
  const list = mount(List, { props: { names }, attachTo: document.body });
  const focus = (index: number) =>
    list.findAll("button")[index]!.element.focus();
  return { list, focus };
}

test.each([0, 1, 2])("line %i keeps the focus wherever it goes", async (at) => {
  const { list, focus } = shown("one", "two", "three");
  focus(at);
  const name = ["one", "two", "three"][at];

  for (const names of [
    ["three", "one", "two"],
    ["two", "three", "one"],
    ["one", "two", "three"],
  ]) {
    await list.setProps({ names });
    expect(document.activeElement?.textContent).toBe(name);
  }
  list.unmount();
});

test("who has gone has no focus, and nobody else is given it", async () => {
  const { list, focus } = shown("one", "two");
  focus(0);

  await list.setProps({ names: ["two"] });

  expect(document.activeElement).toBe(document.body);
  list.unmount();
});
