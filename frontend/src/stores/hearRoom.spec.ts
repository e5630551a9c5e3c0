import { beforeEach, expect, test } from "vitest";

import { FakeClient } from "../testing/fakeServices";
import { hearRoom } from "./hearRoom";

const START = { epoch: "e1", seq: 3 };
let client: FakeClient;

beforeEach(() => {
  client = new FakeClient();
  client.state = "connected";
});

test("it is heard once the server says so of this room", async () => {
  let isHeard = false;
  const hearing = hearRoom(client, "den", START).then(() => (isHeard = true));
  expect(client.joinRoom.mock.calls).toEqual([["den", START]]);

  client.emit("joined", { roomId: "other", online: 1, users: {} });
  await Promise.resolve();
  expect(isHeard).toBe(false);
  client.emit("joined", { roomId: "den", online: 1, users: {} });
  await hearing;

  expect(isHeard).toBe(true);
});

test("a refusal keeps its code", async () => {
  const hearing = hearRoom(client, "den", START);

  client.emit("joinRefused", { roomId: "den", code: "forbidden", message: "" });

  await expect(hearing).rejects.toMatchObject({ code: "forbidden" });
});

test.each(["offline", "connecting"] as const)(
  "without a line nobody answers: %s",
  async (state) => {
    const hearing = hearRoom(client, "den", START);
    client.emit("state", { state });
    await expect(hearing).rejects.toThrow(TypeError);

    client.state = state;
    await expect(hearRoom(client, "den", START)).rejects.toThrow(TypeError);
    await expect(hearRoom(undefined, "den", START)).rejects.toThrow(TypeError);
  },
);
