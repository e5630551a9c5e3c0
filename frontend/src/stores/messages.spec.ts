import { ApiError, type EventsPage, type MessagesPage } from "@teahouse/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { RoomEvent } from "../protocol/frames";
import { ann, ben, page, said } from "../testing/cast";
import { fakeApp, type FakeClient } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { PAGE_MESSAGES, useMessages, WINDOW_MESSAGES } from "./messages";
import { useSession } from "./session";

const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
  messages: vi.fn<ChatApi["messages"]>(),
  events: vi.fn<ChatApi["events"]>(),
};
const left: EventsPage = {
  ...{ epoch: "e1", firstSeq: 1, head: 5, users: { ben } },
  events: [{ seq: 4, kind: "memberLeft", by: "cleo", at: 0, userId: "cleo" }],
};
let client: FakeClient;
let messages: ReturnType<typeof useMessages>;

beforeEach(async () => {
  api.me.mockResolvedValue({ user: ann });
  api.rooms.mockResolvedValue({ rooms: [] });
  api.events.mockResolvedValue({
    epoch: "e1",
    firstSeq: 1,
    head: 0,
    events: [],
    users: {},
  });
  client = fakeApp(api).client;
  await useSession().restore();
  messages = useMessages();
});
afterEach(() => vi.useRealTimers());

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

test("who came and went between the messages is read from the log", async () => {
  api.messages.mockResolvedValue(page(4, said(3, ben, "hello")));
  api.events.mockResolvedValue({
    epoch: "e1",
    firstSeq: 1,
    head: 4,
    events: [
      { seq: 2, kind: "memberJoined", by: "ben", at: 0, userId: "ben" },
      said(3, ben, "hello"),
      { seq: 4, kind: "memberLeft", by: "cleo", at: 0, userId: "cleo" },
    ],
    users: { ben },
  });

  await messages.open("den");

  expect(api.events.mock.calls).toEqual([["den", { after: 3, limit: 1 }]]);
  expect(noticed()).toEqual([4]);
  expect(texts()).toEqual(["hello"]);
});

test("messages wait a moment for what happened between them, which would move them", async () => {
  let answer: (page: EventsPage) => void = () => {};
  api.messages.mockResolvedValue(page(5, said(3, ben, "hello")));
  api.events.mockReturnValue(new Promise((resolve) => (answer = resolve)));

  const opening = messages.open("den");
  await vi.waitFor(() => expect(api.events).toHaveBeenCalled());
  expect(texts()).toBeUndefined();
  answer(left);
  await opening;
  expect(noticed()).toEqual([4]);

  vi.useFakeTimers();
  api.events.mockReturnValue(new Promise((resolve) => (answer = resolve)));
  messages.forget();
  void messages.open("den");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(texts()).toEqual(["hello"]); // not for ever
  answer(left);
  await vi.waitFor(() => expect(noticed()).toEqual([4]));
});

test("what the log did not tell at once is asked for until it comes, and told then", async () => {
  vi.useFakeTimers();
  api.messages.mockResolvedValue(page(4, said(3, ben, "hello")));
  api.events
    .mockRejectedValueOnce(new TypeError("Failed to fetch"))
    .mockResolvedValue(left);

  await messages.open("den");
  expect(noticed()).toEqual([]);
  await vi.runAllTimersAsync();

  expect(noticed()).toEqual([4]);
  expect(api.events).toHaveBeenCalledTimes(2);
});

test("an older page comes although the log between its messages does not yet", async () => {
  vi.useFakeTimers();
  api.messages.mockResolvedValueOnce(page(5, said(5, ben, "newer")));
  await messages.open("den");
  api.messages.mockResolvedValueOnce(page(5, said(3, ann, "older")));
  api.events
    .mockRejectedValueOnce(new TypeError("Failed to fetch"))
    .mockResolvedValue(left);

  await messages.fetchOlder("den");
  expect(texts()).toEqual(["older", "newer"]);
  expect(noticed()).toEqual([]);
  await vi.runAllTimersAsync();

  expect(noticed()).toEqual([4]);
});

test("a room where nobody has said a word is shown with what happened in it, never without", async () => {
  const opens = { kind: "roomOpened", seq: 1, by: "ann", at: 0 } as RoomEvent;
  let answer: (page: EventsPage) => void = () => {};
  api.messages.mockResolvedValue(page(1));
  api.events.mockReturnValue(new Promise((resolve) => (answer = resolve)));

  const opening = messages.open("den");
  await vi.waitFor(() => expect(api.events).toHaveBeenCalled());
  expect(messages.opened.get("den")?.state).toBeUndefined();
  answer({
    ...{ epoch: "e1", firstSeq: 1, head: 1 },
    ...{ events: [opens], users: { ann } },
  });
  await opening;

  expect(messages.opened.get("den")?.state?.notices).toMatchObject([
    { what: "roomOpened", subject: "ann" },
  ]);
});

test("a window further up grows downwards until it is live again", async () => {
  api.messages.mockResolvedValueOnce(page(9, said(9, ben, "newest")));
  await messages.open("den");
  api.messages.mockResolvedValueOnce(page(9, said(4, ann, "old")));
  await messages.showAround("den", 4);
  hear(said(10, ben, "said meanwhile"));
  expect(texts()).toEqual(["old"]);

  api.messages.mockResolvedValueOnce(page(9, said(9, ben, "newest")));
  await messages.fetchNewer("den");

  expect(api.messages.mock.lastCall).toEqual([
    "den",
    { after: 4, limit: PAGE_MESSAGES },
  ]);
  expect(texts()).toEqual(["old", "newest", "said meanwhile"]);
  hear(said(11, ben, "and on"));
  expect(texts()?.at(-1)).toBe("and on");
});

test("jumping to the latest leaves the old window", async () => {
  api.messages.mockResolvedValueOnce(page(9, said(4, ann, "old")));
  await messages.showAround("den", 4);
  api.messages.mockResolvedValueOnce(page(9, said(9, ben, "newest")));

  await messages.showLatest("den");
  await messages.showLatest("den");

  expect(api.messages).toHaveBeenCalledTimes(2);
  expect(texts()).toEqual(["newest"]);
});

test("a window that has grown long loses what is far from the reader", async () => {
  api.messages.mockResolvedValueOnce(page(2, said(2, ben, "first")));
  await messages.open("den");
  for (let seq = 3; seq <= 353; seq += 1) hear(said(seq, ben, `${seq}`));

  messages.trimWindow("den", true);
  expect(texts()).toHaveLength(WINDOW_MESSAGES);
  expect(texts()?.at(-1)).toBe("353");

  for (let seq = 354; seq <= 404; seq += 1) hear(said(seq, ben, `${seq}`));
  messages.trimWindow("den", false);
  expect(texts()?.[0]).toBe("54");
  hear(said(405, ben, "not shown up here"));
  expect(texts()?.at(-1)).toBe("353");
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

test("a room that cannot be read for now is asked for until it comes, and says why meanwhile", async () => {
  vi.useFakeTimers();
  const unwell = new ApiError("internal_error", 500, "", true);
  api.messages
    .mockRejectedValueOnce(unwell)
    .mockRejectedValueOnce(new TypeError("Failed to fetch"))
    .mockResolvedValueOnce(page(2, said(2, ben, "hello")));

  await messages.open("den");
  expect(messages.opened.get("den")?.failure).toBe("internal_error");
  await vi.advanceTimersByTimeAsync(500);
  expect(messages.opened.get("den")?.failure).toBe("unreachable");
  await vi.advanceTimersByTimeAsync(1_000);

  expect(messages.opened.get("den")?.failure).toBeUndefined();
  expect(texts()).toEqual(["hello"]);
  expect(api.messages).toHaveBeenCalledTimes(3);
});

test("who reads one place is not taken to another later, which did not come", async () => {
  vi.useFakeTimers();
  api.messages.mockResolvedValueOnce(page(90, said(90, ben, "now")));
  await messages.open("den");
  api.messages.mockRejectedValueOnce(new TypeError("Failed to fetch"));
  await messages.showAround("den", 7);
  api.messages.mockResolvedValue(page(90, said(7, ben, "long ago")));

  await vi.advanceTimersByTimeAsync(60_000);

  expect(texts()).toEqual(["now"]);
  await messages.showAround("den", 7);
  expect(texts()).toEqual(["long ago"]); // the control
});

test("a room that is refused, or was left meanwhile, is not asked for again", async () => {
  vi.useFakeTimers();
  api.messages.mockRejectedValue(new ApiError("forbidden", 403, "", false));
  await messages.open("den");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(api.messages).toHaveBeenCalledOnce();

  api.messages.mockRejectedValue(new TypeError("Failed to fetch"));
  await messages.open("den");
  client.emit("roomRemoved", { roomId: "den", reason: "removed" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(api.messages).toHaveBeenCalledTimes(2);
});

test("sending, retrying and discarding are the client's", () => {
  messages.send("den", "hello");
  messages.retry("id-1");
  messages.discard("id-2");

  expect(client.send).toHaveBeenCalledWith("den", "hello", {});
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

function noticed(): number[] | undefined {
  return messages.opened.get("den")?.state?.notices.map(({ seq }) => seq);
}

function texts(): string[] | undefined {
  return messages.opened.get("den")?.state?.messages.map(({ text }) => text);
}
