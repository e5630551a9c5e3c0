import { mount } from "@vue/test-utils";
import { afterEach, expect, test } from "vitest";
import { createMemoryHistory } from "vue-router";

import { makeRouter } from "../../router";
import { fakeApp } from "../../testing/fakeServices";
import FrontPorch from "./FrontPorch.vue";

afterEach(() => localStorage.clear());

test("a stranger reads the promise beside the way in, each in their language", async () => {
  fakeApp();
  const porch = mount(FrontPorch, {
    slots: { default: "<form />" },
    global: { plugins: [makeRouter(createMemoryHistory())] },
  });
  const promise = () => porch.get("main h1").text();
  expect(promise()).toBe("Rooms to talk in, at your own pace.");

  await porch.get("[data-testid=switch-language]").trigger("click");

  expect(promise()).toMatch(/^\p{Script=Han}/u);
  expect(porch.find("main form").exists()).toBe(true);
  expect(porch.get("header a").attributes("href")).toBe("/");
});
