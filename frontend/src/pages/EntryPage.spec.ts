import { flushPromises, mount } from "@vue/test-utils";
import { expect, test } from "vitest";
import { createMemoryHistory } from "vue-router";

import { makeRouter } from "../router";
import { useSession } from "../stores/session";
import { ann } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import EntryPage from "./EntryPage.vue";

test("a stranger is asked in as a guest, and told of nothing that ended", async () => {
  const { page } = await opened();

  expect(page.get("h2").text()).toBe("Come in");
  expect(page.find("[role=status]").exists()).toBe(false);
});

test("whose session has ended reads so, and is asked to sign in", async () => {
  const { page } = await opened("", () => useSession().end());

  expect(page.get("h2").text()).toBe("Welcome back");
  expect(page.get("[role=status]").text()).toContain("Your session has ended.");
});

test.each([
  ["where one wanted to go", "/rooms/den/7", "/rooms/den/7"],
  ["home, for want of a place", "", "/"],
  ["home, not to another site", "//evil.example", "/"],
  ["home, not to another site by a backslash", "/\\evil.example", "/"],
  ["home, not to a script", "javascript:alert(1)", "/"],
])("who has come in gets %s", async (_, next, path) => {
  const { page, router } = await opened(next);
  const session = useSession();
  session.user = ann;
  session.state = "signedIn";

  page.getComponent({ name: "EntryCard" }).vm.$emit("done");
  await flushPromises();

  expect(router.currentRoute.value.fullPath).toBe(path);
});

async function opened(next = "", before = () => {}) {
  const { app } = fakeApp();
  const session = useSession();
  session.state = "signedOut";
  before();
  const router = makeRouter(createMemoryHistory());
  await router.push({ name: "entry", query: next === "" ? {} : { next } });
  const page = mount(EntryPage, {
    global: { plugins: [router], provide: app._context.provides },
  });
  return { page, router };
}
