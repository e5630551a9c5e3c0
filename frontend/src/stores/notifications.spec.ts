import { beforeEach, expect, test, vi } from "vitest";

import type { User } from "../protocol/frames";
import { ann, ben, den, said } from "../testing/cast";
import { fakeApp, type FakeClient } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { useNotifications } from "./notifications";
import { useRooms } from "./rooms";
import { useSettings } from "./settings";

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

test("said while nobody looks, it sounds where that is wished; to me alone, it is shown too", () => {
  const shown = vi.fn();
  const sounded = vi.fn();
  vi.stubGlobal("AudioContext", FakeAudio);
  FakeAudio.prototype.resume = sounded;
  vi.stubGlobal(
    "Notification",
    Object.assign(shown, { permission: "granted" }),
  );
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  const settings = useSettings();
  settings.isNotifying = true;
  useRooms().byId.set("den", { ...den, kind: "private" });
  useRooms().byId.set("two", { ...den, id: "two", kind: "direct" });
  const says = (roomId: string, by: User, at = Date.now()) =>
    client.emit("events", {
      ...{ roomId, epoch: "e1", users: { ben } },
      events: [said(2, by, "tea?", at)],
    });

  says("den", ben);
  says("two", ben, Date.now() - 90_000);
  expect(sounded).not.toHaveBeenCalled();
  expect(shown).not.toHaveBeenCalled();

  settings.sound(true);
  says("den", ben);
  says("two", ben);
  expect(sounded).toHaveBeenCalledOnce(); // at once, so it is one sound
  expect(shown).toHaveBeenCalledExactlyOnceWith(
    ben.displayName,
    expect.objectContaining({ body: "tea?", tag: "two" }),
  );

  hidden.mockReturnValue(false); // whoever looks is not interrupted
  says("two", ben);
  expect(shown).toHaveBeenCalledOnce();
  settings.sound(false);
  vi.unstubAllGlobals();
});

/** Has every knob, and makes no sound. */
class FakeAudio {
  currentTime = 0;
  destination = {};
  declare resume: () => void;
  createOscillator = () => ({
    ...{ frequency: { value: 0 }, connect: () => this.createGain() },
    ...{ start: () => {}, stop: () => {} },
  });
  createGain = () => ({
    gain: {
      ...{ setValueAtTime: () => {}, linearRampToValueAtTime: () => {} },
      exponentialRampToValueAtTime: () => {},
    },
    connect: () => ({}),
  });
}
