// How does a program take part in rooms? One client per person: join, listen, send.

import type { Room, ServerFrame, Welcome, RoomEvent } from "./frames.js";
import type { OutboxItem, OutboxStorage } from "./outbox.js";
import type {
  Locks,
  MessagesPage,
  PagesApi,
  SocketConstructor,
  Surroundings,
  Timers,
  Users,
} from "./ports.js";

/**
 * - `offline`: not started, stopped, or no network
 * - `connecting`: a socket is opening, or `welcome` has not come yet
 * - `connected`: after `welcome`
 * - `waiting`: lost; the next try comes by itself
 */
export type ConnectionState =
  "offline" | "connecting" | "connected" | "waiting";

export interface ClientOptions {
  /** `wss://host/ws`. */
  url: string;
  api: PagesApi;
  outbox: OutboxStorage;
  /** Stops the client if the server takes it for somebody else. */
  userId?: string;
  /** A fresh ticket for each connection, for callers without a cookie. */
  ticket?: () => Promise<string>;
  /** Renews the session after a failed handshake; false: it has ended. */
  renewSession?: () => Promise<boolean>;
  /** @default globalThis.WebSocket */
  WebSocket?: SocketConstructor;
  /** ms since the epoch. @default Date.now */
  clock?: () => number;
  /** From 0 to just below 1. @default Math.random */
  random?: () => number;
  /** A new client message id of at least 122 random bits. @default crypto.randomUUID */
  newId?: () => string;
  /** @default the global timers */
  timers?: Timers;
  /** @default the page's visibility and network, where there is a page */
  surroundings?: Surroundings;
  /** @default navigator.locks, where there is one */
  locks?: Locks;
}

/** What listeners hear. */
export interface ClientEvents {
  state: { state: ConnectionState };
  welcome: Welcome;
  /** Applied entries: ascending, without a hole, each once. */
  events: { roomId: string; epoch: string; events: RoomEvent[]; users: Users };
  /** The room is heard from now on; `online` lists ids, or counts in large rooms. */
  joined: { roomId: string; online: string[] | number; users: Users };
  /** The server said no for good. */
  joinRefused: { roomId: string; code: string; message: string };
  /** Start the room afresh from this page; entries after `snapshot.head` follow as `events`. */
  reset: { roomId: string; snapshot: MessagesPage };
  /** The whole outbox, in the order of sending. */
  outbox: { items: readonly OutboxItem[] };
  roomAdded: { room: Room };
  roomRemoved: { roomId: string; reason: string };
  /** The session has ended; the client has stopped. */
  signedOut: { code: string; message: string };
  /** The server asked not to come back; the client has stopped. */
  stopped: { code: string; message: string };
  /** Every known frame, before the client acts on it. */
  frame: ServerFrame;
}

export type Listener<K extends keyof ClientEvents> = (
  event: ClientEvents[K],
) => void;

export class TeahouseClient {
  readonly state: ConnectionState = "offline";
  /** The whole outbox, in the order of sending. */
  readonly outboxItems: readonly OutboxItem[] = [];

  constructor(readonly options: ClientOptions) {}

  /** Load the outbox, connect, and stay connected until `close`. */
  connect(): void {}

  /** Leave; the outbox stays. A closed client can connect again. */
  close(): void {}

  /** Listen; returns how to stop. */
  on<K extends keyof ClientEvents>(
    _kind: K,
    _listener: Listener<K>,
  ): () => void {
    return () => {};
  }

  /**
   * Hear a room from now on, on this connection and every later one. With the position of a page
   * that is already shown, entries after it follow as `events`; without, a `reset` comes first.
   */
  joinRoom(_roomId: string, _position?: { epoch: string; seq: number }): void {}

  /** Hear the room no more. Membership stays. */
  unjoinRoom(_roomId: string): void {}

  /**
   * Say something; returns at once, and the outbox does the rest.
   *
   * @throws TextRefused when it is empty or over a limit.
   */
  send(
    _roomId: string,
    _text: string,
    _extra: { replyTo?: number } = {},
  ): OutboxItem {
    throw new Error("not connected");
  }

  /** Say a `failed` or `unknown` message again, with a new id; undefined when it is neither. */
  retry(_clientMessageId: string): OutboxItem | undefined {
    return undefined;
  }

  /** Forget a message that is not on its way; false when it is. */
  discard(_clientMessageId: string): boolean {
    return false;
  }
}
