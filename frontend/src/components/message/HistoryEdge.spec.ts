import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import HistoryEdge from "./HistoryEdge.vue";

test("while there is more it says that more is coming, and else what begins here", async () => {
  const edge = mounted({ hasMore: true, hasFailed: false });
  expect(edge.text()).toBe("Fetching more messages…");

  await edge.setProps({ hasMore: false });

  expect(edge.text()).toBe("This is where it begins.");
});

test("what could not be fetched is asked for again by a button", async () => {
  const edge = mounted({ hasMore: true, hasFailed: true });
  expect(edge.text()).toContain("They could not be fetched.");
  expect(edge.text()).not.toContain("Fetching");

  await edge.get("button").trigger("click");

  expect(edge.emitted("retry")).toHaveLength(1);
});

function mounted(props: { hasMore: boolean; hasFailed: boolean }) {
  return mount(HistoryEdge, {
    props,
    slots: { default: "This is where it begins." },
    global: { plugins: [createPinia()] },
  });
}
