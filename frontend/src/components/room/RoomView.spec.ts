import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import type { Room } from "../../protocol/frames";
import { makeRouter } from "../../router";
import { useMessages } from "../../stores/messages";
import { useSession } from "../../stores/session";
import { ann, ben, den, page, said } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import RoomView from "./RoomView.vue";

const api = {
  messages: vi.fn<ChatApi["messages"]>(),
  events: vi.fn<ChatApi["events"]>(),
  blocks: vi.fn<ChatApi["blocks"]>(),
};
let view: VueWrapper;

beforeEach(() => {
  api.messages.mockResolvedValue(
    page(3, said(2, ann, "first"), said(3, ben, "second")),
  );
  api.events.mockResolvedValue({
    ...{ epoch: den.epoch, firstSeq: 1, head: 3, events: [], users: {} },
  });
  api.blocks.mockResolvedValue({ users: {} });
});
afterEach(() => view.unmount());
// What stands in for a panel does not keep the real one from being fetched.
afterAll(() => vi.dynamicImportSettled());

test("while the messages are fetched that is said; then they stand there", async () => {
  await opened();
  expect(texts()).toEqual(["first", "second"]);
  expect(view.text()).not.toContain("Fetching messages…");
  view.unmount();
  api.messages.mockReturnValue(new Promise(() => {}));

  await opened();

  expect(view.text()).toContain("Fetching messages…");
});

test("messages that could not be fetched are asked for again, and one can write meanwhile", async () => {
  api.messages.mockRejectedValueOnce(new ApiError("busy", 503, "", true));
  await opened();
  const failed = view.get("[data-testid=messages-failed]");
  expect(failed.text()).toContain("full right now");
  expect(view.find("textarea").exists()).toBe(true);

  const buttons = view.findAll("button");
  await buttons.find((one) => one.text() === "Try again")?.trigger("click");
  await flushPromises();

  expect(texts()).toEqual(["first", "second"]);
});

test("in a closed room one reads that it is, and can write no more", async () => {
  await opened({ closedAt: 1 });

  expect(view.get("[data-testid=room-closed]").text()).toContain("is closed");
  expect(view.find("textarea").exists()).toBe(false);
  expect(texts()).toEqual(["first", "second"]);
});

test("files that are held over the room may be let go, but not in a closed one", async () => {
  const hint = async () => {
    const dataTransfer = { types: ["Files"], files: [] };
    const event = new Event("dragenter", { bubbles: true });
    view.element.dispatchEvent(Object.assign(event, { dataTransfer }));
    await flushPromises();
    return view.find("[data-testid=drop-hint]").exists();
  };
  await opened();
  expect(await hint()).toBe(true);
  view.unmount();

  await opened({ closedAt: 1 });

  expect(await hint()).toBe(false);
});

test("the members are shown on request, and who closes them is back at their button", async () => {
  await opened();
  const members = () => view.findComponent({ name: "MemberPanel" });

  await view.get("[data-testid=open-members]").trigger("click");
  await vi.waitFor(() => expect(members().exists()).toBe(true));
  await members().vm.$emit("close");

  expect(members().exists()).toBe(false);
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Members");
});

function texts(): string[] {
  const found = view.findAll("[data-testid=message-text]");
  return found.map((text) => text.text());
}

async function opened(more: Partial<Room> = {}) {
  const { app, client } = fakeApp(api);
  useSession().user = ann;
  useMessages().listen(client);
  view = mount(RoomView, {
    attachTo: document.body,
    props: { room: { ...den, ...more }, me: ann },
    global: {
      plugins: [makeRouter(createMemoryHistory())],
      provide: app._context.provides,
      stubs: { MemberPanel: true },
    },
  });
  await flushPromises();
}
