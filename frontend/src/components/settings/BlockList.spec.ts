import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ben, person } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import BlockList from "./BlockList.vue";

const api = {
  blocks: vi.fn<ChatApi["blocks"]>(),
  unblock: vi.fn<ChatApi["unblock"]>(),
};
let list: VueWrapper;

beforeEach(() => {
  api.blocks.mockResolvedValue({
    users: { ben, cleo: person("cleo", "Cleo") },
  });
});
afterEach(() => list.unmount());

test("whom I let in again is gone from the list, and the focus stays near", async () => {
  await shown();

  await unblock();

  expect(api.unblock).toHaveBeenCalledExactlyOnceWith("ben");
  expect(list.findAll("li").map((line) => line.text())).toEqual([
    "CCleoUnblock",
  ]);
  expect(document.activeElement).toBe(list.get("h3").element);
});

test("whom I could not let in again stays, and why is said", async () => {
  api.unblock.mockRejectedValueOnce(new ApiError("busy", 503, "", true));
  await shown();

  await unblock();

  expect(list.findAll("li")).toHaveLength(2);
  expect(list.get("[role=alert]").text()).toContain("full right now");
});

test("nobody blocked, not known yet and not to be known are three answers", async () => {
  api.blocks.mockResolvedValueOnce({ users: {} });
  const isShown = shown();
  expect(list.get("[role=status]").text()).toBe("Looking…");
  await isShown;
  expect(list.get("[role=status]").text()).toBe("Nobody.");
  list.unmount();

  api.blocks.mockRejectedValueOnce(new TypeError("no network"));
  await shown();

  expect(list.find("[role=status]").exists()).toBe(false);
  expect(list.get("[role=alert]").text()).toContain("cannot be reached");
});

async function shown(): Promise<void> {
  const { app } = fakeApp(api);
  list = mount(BlockList, {
    attachTo: document.body,
    global: { provide: app._context.provides },
  });
  await flushPromises();
}

async function unblock(): Promise<void> {
  await list.get("[aria-label='Unblock 小本']").trigger("click");
  await flushPromises();
}
