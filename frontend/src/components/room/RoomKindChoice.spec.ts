import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import RoomKindChoice from "./RoomKindChoice.vue";

test("what a choice means is said beside it, and read out when it changes", async () => {
  const choice = mount(RoomKindChoice, {
    props: { modelValue: "private" },
    global: { plugins: [createPinia()] },
  });
  expect(choice.get("[aria-live=polite]").text()).toBe(
    "Only who has the link or the code can join.",
  );

  await choice.get("[data-testid=choice-public] input").setValue();
  expect(choice.emitted("update:modelValue")).toEqual([["public"]]);
  await choice.setProps({ modelValue: "public" });

  expect(choice.get("[aria-live=polite]").text()).toContain("read all of it");
});
