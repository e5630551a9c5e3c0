import { flushPromises, mount } from "@vue/test-utils";
import { expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import type { User } from "../../protocol/frames";
import { makeRouter } from "../../router";
import { ann } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import MyLine from "./MyLine.vue";

test("I read who I am here, and as what", () => {
  expect(shown().get(".who").text()).toMatch(/^Ann\s*ann$/);
  expect(shown({ kind: "guest" }).get(".who").text()).toMatch(/^Ann\s*Guest$/);
});

test("my settings open from there, and are gone once they are closed", async () => {
  const line = shown();
  expect(line.find("dialog").exists()).toBe(false);

  await line.get("[aria-label='Settings and sign-out']").trigger("click");
  await vi.dynamicImportSettled();
  await flushPromises();
  await line.get("dialog [aria-label=Close]").trigger("click");

  expect(line.find("dialog").exists()).toBe(false);
});

function shown(change: Partial<User> = {}) {
  const { app } = fakeApp({
    blocks: async () => ({ users: {} }),
    sessions: async () => ({ sessions: [] }),
  });
  return mount(MyLine, {
    props: { user: { ...ann, ...change } },
    global: {
      plugins: [makeRouter(createMemoryHistory())],
      provide: app._context.provides,
    },
  });
}
