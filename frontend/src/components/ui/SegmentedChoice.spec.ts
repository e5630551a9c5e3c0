import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";
import { h } from "vue";

import SegmentedChoice from "./SegmentedChoice.vue";

const choices = ["on", "off"].map((value) => ({ value, label: value }));

test("one of a few is chosen, and the group is called by its legend", async () => {
  const choice = mount(SegmentedChoice, {
    props: { legend: "Sounds", choices, modelValue: "off" },
  });
  const chosen = () =>
    choice
      .findAll<HTMLInputElement>("input")
      .filter(({ element }) => element.checked)
      .map(({ element }) => element.value);
  expect(choice.get("fieldset > legend").text()).toBe("Sounds");
  expect(chosen()).toEqual(["off"]);

  await choice.get("[data-testid=choice-on] input").setValue();

  expect(choice.emitted("update:modelValue")).toEqual([["on"]]);
  await choice.setProps({ modelValue: "on" });
  expect(chosen()).toEqual(["on"]);
});

test("two groups on one page leave each other alone; arrows stay in one of them", () => {
  const props = { legend: "Sounds", choices, modelValue: "on" };
  const page = mount(() => [
    h(SegmentedChoice, props),
    h(SegmentedChoice, props),
  ]);

  const names = page.findAll("input").map(({ element }) => element.name);

  expect(new Set(names).size).toBe(2);
  expect(names[0]).toBe(names[1]);
});

test("a legend that is hidden is still read aloud", () => {
  const choice = mount(SegmentedChoice, {
    props: { legend: "Ways", choices, modelValue: "on", isLegendHidden: true },
  });

  expect(choice.get("legend.visually-hidden").text()).toBe("Ways");
});
