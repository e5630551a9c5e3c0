import type { MessagesPage } from "@teahouse/client";
import { beforeEach, expect, test, vi } from "vitest";

import { ann, ben, page, said } from "../testing/cast";
import { fakeApp, type FakeClient } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { PAGE_MESSAGES, useMessages } from "./messages";
import { useSession } from "./session";

const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
  messages: vi.fn<ChatApi["messages"]>(),
};
let client: FakeClient;
let messages: ReturnType<typeof useMessages>;

beforeEach(async () => {
  api.me.mockResolvedValue({ user: ann });
  api.rooms.mockResolvedValue({ rooms: [] });
  client = fakeApp(api).client;
  await useSession().restore();
  messages = useMessages();
});

test("opening a room fetches its newest page, once", async () => {
  api.messages.mockResolvedValue(page(2, said(2, ben, "hello")));

  await messages.open("den");
  await messages.open("den");

  expect(api.messages.mock.calls).toEqual([["den", { limit: PAGE_MESSAGES }]]);
  expect(texts()).toEqual(["hello"]);
});

test("what is said while the page is on its way stands once, whether the page holds it or not", async () => {
  let resolve: (page: MessagesPage) => void = () => {};
  api.messages.mockReturnValue(new Promise((answer) => (resolve = answer)));

  const opening = messages.open("den");
  hear(said(2, ben, "in the page"));
  hear(said(3, ben, "after the page"));
  resolve(page(2, said(2, ben, "in the page")));
  await opening;

  expect(texts()).toEqual(["in the page", "after the page"]);
});

test("a room that was never opened keeps nothing", () => {
  hear(said(2, ben, "hello"));

  expect(messages.opened.size).toBe(0);
});

test("older pages come before what is shown, one at a time", async () => {
  api.messages.mockResolvedValueOnce(page(3, said(3, ben, "newer")));
  await messages.open("den");
  api.messages.mockResolvedValueOnce(page(3, said(2, ann, "older")));

  await Promise.all([messages.fetchOlder("den"), messages.fetchOlder("den")]);

  expect(api.messages.mock.calls.slice(1)).toEqual([
    ["den", { before: 3, limit: PAGE_MESSAGES }],
  ]);
  expect(texts()).toEqual(["older", "newer"]);
});

test("an older page that cannot be fetched can be asked for again", async () => {
  api.messages.mockResolvedValueOnce(page(3, said(3, ben, "newer")));
  await messages.open("den");
  api.messages.mockRejectedValueOnce(new TypeError("Failed to fetch"));

  await messages.fetchOlder("den");
  expect(messages.opened.get("den")).toMatchObject({
    hasOlderFailed: true,
    isFetchingOlder: false,
  });

  api.messages.mockResolvedValueOnce(page(3, said(2, ann, "older")));
  await messages.fetchOlder("den");
  expect(messages.opened.get("den")?.hasOlderFailed).toBe(false);
  expect(texts()).toEqual(["older", "newer"]);
});

test("a reset shows the room afresh", async () => {
  api.messages.mockResolvedValueOnce(page(3, said(3, ben, "before")));
  await messages.open("den");

  client.emit("reset", {
    roomId: "den",
    snapshot: { ...page(9, said(9, ben, "after")), epoch: "e2" },
  });

  expect(texts()).toEqual(["after"]);
});

test("a room that cannot be read says why, and can be opened again", async () => {
  api.messages.mockRejectedValueOnce(new TypeError("Failed to fetch"));

  await messages.open("den");
  expect(messages.opened.get("den")?.failure).toBe("unreachable");

  api.messages.mockResolvedValueOnce(page(2, said(2, ben, "hello")));
  await messages.open("den");
  expect(texts()).toEqual(["hello"]);
});

test("sending, retrying and discarding are the client's", () => {
  messages.send("den", "hello");
  messages.retry("id-1");
  messages.discard("id-2");

  expect(client.send).toHaveBeenCalledWith("den", "hello");
  expect(client.retry).toHaveBeenCalledWith("id-1");
  expect(client.discard).toHaveBeenCalledWith("id-2");
});

function hear(event: ReturnType<typeof said>): void {
  client.emit("events", {
    roomId: "den",
    epoch: "e1",
    events: [event],
    users: { ann, ben },
  });
}

function texts(): string[] | undefined {
  return messages.opened.get("den")?.state?.messages.map(({ text }) => text);
}
