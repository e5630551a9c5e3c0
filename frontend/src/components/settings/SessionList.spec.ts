import { flushPromises, mount } from "@vue/test-utils";
import { beforeEach, expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import { makeRouter } from "../../router";
import { NOON } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi, type Session } from "../../transport/chatApi";
import SessionList from "./SessionList.vue";

const api = {
  sessions: vi.fn<ChatApi["sessions"]>(),
  signOut: vi.fn<ChatApi["signOut"]>(),
};
const session = (id: string, lastUsedAt: number): Session => ({
  ...{ id, lastUsedAt, createdAt: NOON, endsAt: NOON, current: id === "here" },
});

beforeEach(() => {
  api.sessions.mockResolvedValue({
    sessions: [session("phone", NOON), session("here", NOON + 1)],
  });
});

test("the session one is in comes first, and cannot be ended by its line", async () => {
  const list = await shown();

  const lines = list.findAll("[data-testid=session]");
  expect(lines[0]?.text()).toContain("Here, now");
  expect(list.findAll("[data-testid=end-session]")).toHaveLength(1);
});

test("a session that is ended is gone; one that could not be stays, and why is said", async () => {
  api.signOut.mockRejectedValueOnce(new TypeError("no network"));
  const list = await shown();
  const end = () => list.get("[data-testid=end-session]").trigger("click");

  await end();
  await flushPromises();
  expect(list.get("[role=alert]").text()).toContain("cannot be reached");
  expect(list.findAll("[data-testid=session]")).toHaveLength(2);

  await end();
  await flushPromises();
  expect(api.signOut).toHaveBeenLastCalledWith("phone");
  expect(list.findAll("[data-testid=session]")).toHaveLength(1);
  expect(list.find("[role=alert]").exists()).toBe(false);
  expect(list.find("[data-testid=sign-out-everywhere]").exists()).toBe(false);
});

test("where the list cannot be fetched one can ask again", async () => {
  api.sessions.mockRejectedValueOnce(new ApiError("busy", 503, "", true));
  const list = await shown();
  expect(list.get("[role=alert]").text()).toContain("full right now");

  await list.get("button").trigger("click");
  await flushPromises();

  expect(list.findAll("[data-testid=session]")).toHaveLength(2);
});

async function shown() {
  const { app } = fakeApp(api);
  const list = mount(SessionList, {
    global: {
      plugins: [makeRouter(createMemoryHistory())],
      provide: app._context.provides,
    },
  });
  await flushPromises();
  return list;
}
