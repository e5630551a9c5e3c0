import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ben, said } from "../testing/cast";
import { fakeApp, type FakeClient } from "../testing/fakeServices";
import { useTyping } from "./typing";

let client: FakeClient;
let typing: ReturnType<typeof useTyping>;

beforeEach(() => {
  vi.useFakeTimers();
  client = fakeApp().client;
  typing = useTyping();
  typing.listen(client);
});
afterEach(() => vi.useRealTimers());

const writes = () =>
  client.emit("frame", { type: "typing", roomId: "den", userId: "ben" });
const writers = () => [...(typing.byRoom.get("den")?.keys() ?? [])];

test("whoever writes is shown until they fall silent", async () => {
  writes();
  expect(writers()).toEqual(["ben"]);
  await vi.advanceTimersByTimeAsync(5_000);
  writes();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(writers()).toEqual(["ben"]);

  await vi.advanceTimersByTimeAsync(2_000);

  expect(writers()).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test("whoever has said it is shown no more, nor whoever went away", () => {
  writes();
  client.emit("events", {
    roomId: "den",
    epoch: "e1",
    events: [said(2, ben, "there")],
    users: {},
  });
  expect(writers()).toEqual([]);

  writes();
  client.emit("frame", {
    type: "presence",
    roomId: "den",
    online: ["ann"],
    left: ["ben"],
    users: {},
  });
  expect(writers()).toEqual([]);
});
