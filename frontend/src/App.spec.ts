import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import App from "./App.vue";
import { makeRouter } from "./router";
import { useSession } from "./stores/session";
import { ann } from "./testing/cast";
import { fakeApp } from "./testing/fakeServices";
import type { ChatApi } from "./transport/chatApi";

const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
};
let page: VueWrapper;

beforeEach(() => {
  localStorage.clear();
  api.me.mockResolvedValue({ user: ann });
  api.rooms.mockResolvedValue({ rooms: [] });
});
afterEach(() => page.unmount());
const isUnreachable = () => page.find("[data-testid=unreachable]").exists();

test.each([
  ["when one asks", () => page.get("main button").trigger("click")],
  ["once the network is back", () => window.dispatchEvent(new Event("online"))],
])("a server that was not there is tried again %s", async (_, again) => {
  api.me.mockRejectedValueOnce(new TypeError("no network"));
  await opened("/");
  expect(isUnreachable()).toBe(true);

  await again();
  await flushPromises();

  expect(isUnreachable()).toBe(false);
  expect(useSession().user).toEqual(ann);
});

test("a page that is in asks nobody when the network comes back", async () => {
  await opened("/");

  window.dispatchEvent(new Event("online"));

  expect(api.me).toHaveBeenCalledOnce();
});

test("a session that ends leads to the entry, and from there back", async () => {
  const router = await opened("/rooms/den?beside=owls");

  useSession().end();
  await vi.dynamicImportSettled();
  await flushPromises();

  expect(router.currentRoute.value.name).toBe("entry");
  expect(router.currentRoute.value.query.next).toBe("/rooms/den?beside=owls");
});

test("a page for everybody stays, and is called by the name of the house", async () => {
  document.title = "(3) The den";
  const router = await opened("/join/den-code");

  useSession().end();
  await flushPromises();

  expect(router.currentRoute.value.name).toBe("join");
  expect(document.title).toBe("Teahouse");
});

async function opened(path: string) {
  const { app } = fakeApp(api);
  await useSession().restore();
  const router = makeRouter(createMemoryHistory());
  await router.push(path);
  page = mount(App, {
    global: {
      plugins: [router],
      provide: app._context.provides,
      stubs: { RouterView: true },
    },
  });
  return router;
}
