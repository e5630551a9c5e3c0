import { beforeEach, expect, test, vi } from "vitest";

import { ann, ben, den, page, said } from "../testing/cast";
import { fakeApp, FakeClient } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { useConnection } from "./connection";
import { useMessages } from "./messages";
import { useNotifications } from "./notifications";
import { useRooms } from "./rooms";
import { useServices, type Services } from "./services";
import { useSession } from "./session";
import { useTyping } from "./typing";

const api = {
  rooms: vi.fn<ChatApi["rooms"]>(),
  messages: vi.fn<ChatApi["messages"]>(),
  events: vi.fn<ChatApi["events"]>(),
};
const makeClient = vi.fn<Services["makeClient"]>();
let clients: FakeClient[];
let connection: ReturnType<typeof useConnection>;

beforeEach(() => {
  clients = [];
  makeClient.mockImplementation(() => {
    const client = new FakeClient();
    clients.push(client);
    return client;
  });
  api.rooms.mockResolvedValue({ rooms: [den] });
  api.messages.mockResolvedValue(page(2, said(2, ben, "hello")));
  api.events.mockResolvedValue({
    ...{ epoch: den.epoch, firstSeq: 1, head: 2, events: [], users: {} },
  });
  const { app } = fakeApp(api);
  Object.assign(app.runWithContext(useServices), { makeClient });
  connection = useConnection();
});

test("whoever comes in has a client of their own, and only the last is connected", () => {
  connection.open(ann);
  connection.open(ben);

  expect(makeClient.mock.calls).toEqual([[ann], [ben]]);
  expect(clients[0]?.close).toHaveBeenCalledOnce();
  expect(clients[1]?.connect).toHaveBeenCalledOnce();
  expect(clients[1]?.close).not.toHaveBeenCalled();
});

test("why the server sent this page away is known until the line is taken up again", () => {
  connection.open(ann);
  const [client] = clients;

  client?.emit("state", { state: "offline" });
  client?.emit("stopped", { code: "too_many_connections", message: "" });
  client?.emit("state", { state: "offline" });
  expect(connection).toMatchObject({
    ...{ state: "offline", stopped: "too_many_connections" },
  });
  connection.resume();
  client?.emit("state", { state: "connecting" });

  expect(client?.connect).toHaveBeenCalledTimes(2);
  expect(connection.stopped).toBeUndefined();
});

test("hanging up forgets all that was heard", async () => {
  connection.open(ann);
  const [client] = clients;
  await vi.waitFor(() => expect(useRooms().list).toHaveLength(1));
  await useMessages().open(den.id);
  client?.emit("frame", { type: "announcement", text: "Closing at nine" });
  client?.emit("frame", { type: "typing", roomId: den.id, userId: "ben" });
  expect(useNotifications().announcement).toBe("Closing at nine");
  expect(useTyping().byRoom.size).toBe(1);

  connection.close();

  expect(client?.close).toHaveBeenCalledOnce();
  expect(connection.client).toBeUndefined();
  expect(useRooms().list).toEqual([]);
  expect(useMessages().opened.size).toBe(0);
  expect(useNotifications().announcement).toBeUndefined();
  expect(useTyping().byRoom.size).toBe(0);
});

test("a session that the server ended is ended here", () => {
  connection.open(ann);

  clients[0]?.emit("signedOut", { code: "not_signed_in", message: "" });

  expect(useSession()).toMatchObject({ state: "signedOut", hasEnded: true });
  expect(clients[0]?.close).toHaveBeenCalledOnce();
});

test("there is nothing to resume or to close where nobody has come in", () => {
  connection.resume();
  connection.close();

  expect(makeClient).not.toHaveBeenCalled();
});
