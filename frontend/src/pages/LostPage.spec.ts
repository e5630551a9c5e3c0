import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";
import { createMemoryHistory } from "vue-router";

import { makeRouter } from "../router";
import { fakeApp } from "../testing/fakeServices";
import LostPage from "./LostPage.vue";

test("an address that leads nowhere has a heading and a way home", () => {
  const { app } = fakeApp();
  const page = mount(LostPage, {
    global: {
      plugins: [makeRouter(createMemoryHistory())],
      provide: app._context.provides,
    },
  });

  expect(page.get("main h1").text()).not.toBe("");
  expect(page.get("main a").text()).toBe("To the start page");
  expect(page.get("main a").attributes("href")).toBe("/");
});
