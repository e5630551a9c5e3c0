import { beforeEach, expect, test, vi } from "vitest";

import { ann } from "../testing/cast";
import { fakeApp, type FakeClient } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { useNotifications } from "./notifications";

const api = {
  notifications: vi.fn<ChatApi["notifications"]>(),
  readNotifications: vi.fn<ChatApi["readNotifications"]>(),
};
const kept = {
  id: "n1",
  kind: "mention",
  title: "Ben mentioned you",
  createdAt: 1,
  read: false,
};
let client: FakeClient;
let told: ReturnType<typeof useNotifications>;

beforeEach(() => {
  client = fakeApp(api).client;
  told = useNotifications();
  told.listen(client);
  api.notifications.mockResolvedValue({ notifications: [kept], unread: 1 });
});

const arrives = (id: string) =>
  client.emit("frame", { ...kept, type: "notification", id });

test("what came while nobody was here is counted, and what comes now once", async () => {
  client.emit("welcome", {
    ...{ type: "welcome", user: ann, rooms: [], more: false },
    ...{ now: 0, pingS: 30, serverVersion: "0", unreadNotifications: 1 },
  });
  await told.load();

  arrives("n2");
  arrives("n2");

  expect(told.unread).toBe(2);
  expect(told.list.map(({ id }) => id)).toEqual(["n2", "n1"]);
});

test("whoever has looked has nothing unread, and the server knows", async () => {
  await told.load();
  await told.read();
  await told.read();

  expect(told.unread).toBe(0);
  expect(api.readNotifications).toHaveBeenCalledOnce();
});

test("what an administrator tells everybody is shown", () => {
  client.emit("frame", { type: "announcement", text: "Closing at nine" });

  expect(told.announcement).toBe("Closing at nine");
});

test("a page that cannot be had is said to be missing", async () => {
  api.notifications.mockRejectedValue(new TypeError("Failed to fetch"));

  await told.load();

  expect(told.failure).toBe("unreachable");
});
