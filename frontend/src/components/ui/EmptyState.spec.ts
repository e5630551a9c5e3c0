import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";

import EmptyState from "./EmptyState.vue";

test("where there is nothing a heading says so, with a way on", () => {
  const state = mount(EmptyState, {
    props: { title: "No room", text: "It was closed." },
    slots: { default: "<a href='/'>Back</a>" },
  });

  expect(state.get("h1").text()).toBe("No room");
  expect(state.text()).toBe("No roomIt was closed.Back");
});

test("another mark takes the place of the sign, and no text leaves no gap", () => {
  const state = mount(EmptyState, {
    props: { title: "The den" },
    slots: { mark: "<b>D</b>" },
  });

  expect(state.find("svg").exists()).toBe(false);
  expect(state.find("p").exists()).toBe(false);
});
