// What does the client need of the world? Sockets, time, chance and the REST pages, passed in.

import type { Message, RoomEvent, User } from "./frames.js";

export type Users = Record<string, User>;

/** The part of a browser's `WebSocket` that is used; `ws` and `undici` have it too. */
export interface SocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: never) => void) | null;
  // Every socket has an event type of its own; only `data` is read, and it is checked.
  onmessage: ((event: any) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

export type SocketConstructor = new (
  url: string,
  protocols: string[],
) => SocketLike;

/** `GET /api/rooms/{id}/events`: entries after `after`, ascending and contiguous. */
export interface EventsPage {
  epoch: string;
  firstSeq: number;
  head: number;
  events: RoomEvent[];
  users: Users;
}

/** `GET /api/rooms/{id}/messages`: messages as they stand now; `head` was read before them. */
export interface MessagesPage {
  epoch: string;
  head: number;
  messages: Message[];
  users: Users;
}

/** The two pages the client heals itself with. Rejects with `ApiError` when refused. */
export interface PagesApi {
  events(
    roomId: string,
    range: { after: number; limit: number },
  ): Promise<EventsPage>;
  messages(roomId: string, range: { limit: number }): Promise<MessagesPage>;
}

export type TimerHandle = unknown;

export interface Timers {
  setTimeout(callback: () => void, ms: number): TimerHandle;
  clearTimeout(handle: TimerHandle): void;
}

/** Whether somebody is looking, and whether there is a network. */
export interface Surroundings {
  isVisible(): boolean;
  isOnline(): boolean;
  /** Calls back when either changes; returns how to stop. */
  watch(listener: () => void): () => void;
}

/** When the session was last seen alive, in ms since the epoch; tabs that share it share this. */
export interface SessionSeen {
  read(): number;
  write(atMs: number): void;
}

/** The part of `navigator.locks` that is used: one tab drains the outbox. */
export interface Locks {
  request(
    name: string,
    options: { signal: AbortSignal },
    callback: () => Promise<void>,
  ): Promise<void>;
}
