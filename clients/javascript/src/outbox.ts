// Where does a message stand that somebody wants to send?

import type { Position, RefusalCode } from "./frames.js";

/**
 * The life of a message on its way out:
 *
 *     send() --> pending --first frame--> sending --acknowledged, or seen in the log--> sent
 *                                         |  ^  |
 *                                         +--+  +--refused, retryable: false----------> failed
 *      time-out, disconnect, busy,              |
 *      internal_error, stale_position:          +--24 h, or its entries are gone------> unknown
 *      the same id again
 *
 * `failed` and `unknown` wait for the person: `retry()` says it again with a new id, `discard()`
 * forgets it. `unknown` may be in the log or not; seen there, it becomes `sent`.
 */
export type OutboxState = "pending" | "sending" | "sent" | "failed" | "unknown";

/** Why a message failed. */
export interface OutboxFailure {
  code: RefusalCode;
  message: string;
}

/** One message on its way out; never changed in place. */
export interface OutboxItem {
  readonly clientMessageId: string;
  readonly roomId: string;
  readonly text: string;
  readonly replyTo?: number;
  /** Ids of pictures that this person has uploaded. */
  readonly attachments?: readonly string[];
  readonly state: OutboxState;
  /** ms since the epoch, strictly ascending in one outbox: the order of sending. */
  readonly createdAt: number;
  /** Everything up to here is known not to hold the message; stored before the first frame. */
  readonly position?: Position;
  /** ms since the epoch of the first frame. */
  readonly firstAttemptAt?: number;
  /** The slot, once `sent`. */
  readonly seq?: number;
  readonly failure?: OutboxFailure;
}

/** Where the outbox survives a reload. One storage holds the messages of one person. */
export interface OutboxStorage {
  /** Names the lock under which one tab drains it. */
  readonly name: string;
  /** Every item, in the order of sending. */
  load(): Promise<OutboxItem[]>;
  put(item: OutboxItem): Promise<void>;
  remove(clientMessageId: string): Promise<void>;
  /** Calls back when another tab has changed it; returns how to stop. */
  watch?(listener: () => void): () => void;
}
