import { beforeEach, expect, test, vi } from "vitest";
import { ref } from "vue";

import { useMessages } from "../stores/messages";
import { useSession } from "../stores/session";
import { ann, ben, den, page, said } from "../testing/cast";
import { fakeApp, type FakeClient } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { useConversation } from "./useConversation";

const api = {
  messages: vi.fn<ChatApi["messages"]>(),
  events: vi.fn<ChatApi["events"]>(),
};
let client: FakeClient;
let run: <Given>(make: () => Given) => Given;

beforeEach(() => {
  api.messages.mockResolvedValue(page(3, said(3, ben, "hello")));
  api.events.mockResolvedValue({
    ...{ epoch: den.epoch, firstSeq: 1, head: 3, events: [], users: {} },
  });
  const fake = fakeApp(api);
  client = fake.client;
  run = (make) => fake.app.runWithContext(make);
  useMessages().listen(client);
  useSession().user = ann;
});

test("there is nothing to show before the first page has come, or once I have gone", async () => {
  const shown = run(() => useConversation(() => den.id));
  expect(shown.value).toBeUndefined();

  await useMessages().open(den.id);
  expect(shown.value).toMatchObject({ isLive: true, hasOlder: true });

  useSession().user = undefined;
  expect(shown.value).toBeUndefined();
});

test("what is on its way stands behind what is in the log, in its own room only", async () => {
  await useMessages().open(den.id);
  const item = { roomId: den.id, clientMessageId: "c1", text: "on its way" };
  const state = "sending" as const;
  client.emit("outbox", {
    items: [
      { ...item, state, createdAt: 1 },
      { ...item, state, createdAt: 2, roomId: "lobby", clientMessageId: "c2" },
    ] as never,
  });

  const shown = run(() => useConversation(() => den.id));

  expect(shown.value?.entries).toMatchObject([
    { text: "hello", state: "sent" },
    { text: "on its way", state: "sending", by: ann.id },
  ]);
});

test("I am called as I am now, whatever the page said", async () => {
  await useMessages().open(den.id);
  const shown = run(() => useConversation(() => den.id));

  useSession().user = { ...ann, displayName: "Anna" };

  expect(shown.value?.users.ann?.displayName).toBe("Anna");
  expect(shown.value?.users.ben?.displayName).toBe(ben.displayName);
});

test("another room is followed as soon as it is asked for", async () => {
  await useMessages().open(den.id);
  const roomId = ref(den.id);
  const shown = run(() => useConversation(() => roomId.value));
  expect(shown.value?.entries).toHaveLength(1);

  roomId.value = "lobby";

  expect(shown.value).toBeUndefined();
});
