// What does a client tell?

import type { ConnectionState } from "./connection.js";
import type { Room, RoomEvent, ServerFrame, Welcome } from "./frames.js";
import type { OutboxItem } from "./outbox.js";
import type { MessagesPage, Users } from "./ports.js";

/** What listeners hear. */
export interface ClientEvents {
  state: { state: ConnectionState };
  welcome: Welcome;
  /** Applied entries: ascending, without a hole, each once. */
  events: { roomId: string; epoch: string; events: RoomEvent[]; users: Users };
  /** The room is heard from now on; `online` lists ids, or counts in large rooms. */
  joined: { roomId: string; online: string[] | number; users: Users };
  /** The server said no for good; the room is heard no more. */
  joinRefused: { roomId: string; code: string; message: string };
  /** Start the room afresh from this page; entries after `snapshot.head` follow as `events`. */
  reset: { roomId: string; snapshot: MessagesPage };
  /** The whole outbox, in the order of sending. */
  outbox: { items: readonly OutboxItem[] };
  roomAdded: { room: Room };
  roomRemoved: { roomId: string; reason: string };
  /** The session has ended; the client has stopped. */
  signedOut: { code: string; message: string };
  /** The server asked not to come back; the client rests until it is told to `connect`. */
  stopped: { code: string; message: string };
  /** Every known frame, before the client acts on it. */
  frame: ServerFrame;
}

export type Listener<K extends keyof ClientEvents> = (
  event: ClientEvents[K],
) => void;
