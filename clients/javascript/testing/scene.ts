// Where do the tests play? A room, its people, and a network that the test commands.

import type { ClientFrame } from "../src/frames.js";
import { FakeServer } from "./fakeServer.js";
import { FakeTime, seededRandom } from "./fakeTime.js";

/** A server with the room `den`, and time that stands still. */
export function setScene(seed = 1): { time: FakeTime; server: FakeServer } {
  const time = new FakeTime();
  const server = new FakeServer(time, seededRandom(seed));
  server.addRoom("den");
  return { time, server };
}

/** The actions of one kind that arrived at the server, oldest first. */
export function received<A extends ClientFrame["action"]>(
  server: FakeServer,
  action: A,
): Extract<ClientFrame, { action: A }>[] {
  return server.received.filter(
    (frame): frame is Extract<ClientFrame, { action: A }> =>
      frame.action === action,
  );
}
