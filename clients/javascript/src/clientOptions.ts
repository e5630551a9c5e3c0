// What is a client made of?

import type { OutboxStorage } from "./outbox.js";
import type {
  Locks,
  PagesApi,
  SessionSeen,
  SocketConstructor,
  Surroundings,
  Timers,
} from "./ports.js";

export interface ClientOptions {
  /** `wss://host/ws`. */
  url: string;
  api: PagesApi;
  outbox: OutboxStorage;
  /** Stops the client if the server takes it for somebody else. */
  userId?: string;
  /** A fresh ticket for each connection, for callers without a cookie. */
  ticket?: () => Promise<string>;
  /** Renews the session after a failed handshake, once a minute; false: it has ended. */
  renewSession?: () => Promise<boolean>;
  /** Spares renewals that another tab has made: `tabsSessionSeen`. @default this client's own */
  sessionSeen?: SessionSeen;
  /** @default globalThis.WebSocket */
  WebSocket?: SocketConstructor;
  /** ms since the epoch. @default Date.now */
  clock?: () => number;
  /** From 0 to just below 1. @default Math.random */
  random?: () => number;
  /** A new client message id of at least 122 random bits. @default 128 of them */
  newId?: () => string;
  /** @default the global timers */
  timers?: Timers;
  /** @default the page's visibility and network, where there is a page */
  surroundings?: Surroundings;
  /** One tab drains the outbox. @default navigator.locks, where there is one */
  locks?: Locks;
}
