// How does a message get into a room's log, once, whatever breaks on the way?

import { fullJitter } from "./backoff.js";
import type { ClientFrame, Position, RoomEvent, Sent } from "./frames.js";
import type { Answer, AnswerListener } from "./line.js";
import type { OutboxFailure, OutboxItem, OutboxState } from "./outbox.js";
import type { OutboxBook } from "./outboxBook.js";
import type { MessagesPage, PagesApi, TimerHandle, Timers } from "./ports.js";
import type { ApiError } from "./rest.js";
import type { Run } from "./roomLog.js";

const PAGE_ENTRIES = 200;
/** An attempted message older than this is given up: the server keeps its log at least 48 h. */
const GIVE_UP_MS = 24 * 60 * 60_000;

export interface SenderOptions {
  api: PagesApi;
  timers: Timers;
  clock: () => number;
  random: () => number;
  ask(action: ClientFrame, onAnswer: AnswerListener): void;
  /** An action had no answer: find out whether the line still carries anything. */
  checkLine(): void;
  /** Up to where a room is applied, if it is heard. */
  positionOf(roomId: string): Position | undefined;
  /** A position of the room was refused: the room itself may have fallen behind. */
  catchUpRoom(roomId: string): void;
}

/** One message of a room on its way; whatever an overtaken flight still hears is ignored. */
interface Flight {
  readonly clientMessageId: string;
}

/** Drains the outbox: one message at a time in each room, in order, the same id until it is settled. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #book: OutboxBook;
  readonly #flights = new Map<string, Flight>();
  readonly #pauses = new Map<string, TimerHandle>();
  readonly #failures = new Map<string, number>();
  #isDraining = false;
  #isConnected = false;
  #userId: string | undefined;

  constructor(options: SenderOptions, book: OutboxBook) {
    this.#options = options;
    this.#book = book;
  }

  /** Whether this tab has the message on its way at this moment. */
  isInFlight({ roomId, clientMessageId }: OutboxItem): boolean {
    return this.#flights.get(roomId)?.clientMessageId === clientMessageId;
  }

  /** This tab is the one that drains, or no longer. */
  setDraining(isDraining: boolean): void {
    this.#isDraining = isDraining;
    if (isDraining) this.drainAll();
    else this.#abort();
  }

  connected(userId: string): void {
    this.#userId = userId;
    this.#isConnected = true;
    this.drainAll();
  }

  disconnected(): void {
    this.#isConnected = false;
    this.#abort();
  }

  drainAll(): void {
    for (const roomId of this.#book.roomIds()) this.drain(roomId);
  }

  /** Send the room's next message, unless one is on its way. */
  drain(roomId: string): void {
    if (!this.#isDraining || !this.#isConnected) return;
    if (this.#flights.has(roomId) || this.#pauses.has(roomId)) return;
    const item = this.#book.next(roomId);
    if (!item) return;
    const flight: Flight = { clientMessageId: item.clientMessageId };
    this.#flights.set(roomId, flight);
    void this.#attempt(item, flight);
  }

  /** The server says that a message is in the log; it may not be there to see yet. */
  acknowledge({ roomId, clientMessageId, seq, event }: Sent): void {
    const item = this.#book.find(clientMessageId);
    if (!item || event.by !== this.#userId) return;
    const applied = this.#options.positionOf(roomId);
    const isHidden = applied !== undefined && applied.seq < seq;
    this.#book.remove(
      clientMessageId,
      isHidden ? { ...item, state: "sent", seq } : undefined,
    );
    this.#landed(item);
  }

  /** Entries are applied: look for one's own, and move the others' positions over them. */
  compare(roomId: string, epoch: string, { from, events }: Run): void {
    const last = events.at(-1);
    if (!last) return;
    for (const event of events) this.#see(event);
    for (const item of this.#book.items.filter(
      (each) => each.roomId === roomId,
    )) {
      const { position } = item;
      if (item.state === "sent" || position?.epoch !== epoch) continue;
      // Only a look at every entry without a hole may move a position: see `OutboxItem.position`.
      if (position.seq >= from && position.seq < last.seq) {
        this.#book.show({ ...item, position: { epoch, seq: last.seq } });
      }
    }
  }

  /** A snapshot shows messages: one's own are settled. It moves no position. */
  compareSnapshot(
    roomId: string,
    { epoch, head, messages }: MessagesPage,
  ): void {
    for (const { by, clientMessageId } of messages) {
      if (by === this.#userId && clientMessageId) this.#seen(clientMessageId);
    }
    for (const item of this.#book.items) {
      if (item.roomId !== roomId || item.state !== "sent") continue;
      // What another epoch acknowledged is in no log any more, as everything it showed.
      const isHidden = item.position?.epoch === epoch && (item.seq ?? 0) > head;
      if (!isHidden) this.#seen(item.clientMessageId);
    }
  }

  async #attempt(item: OutboxItem, flight: Flight): Promise<void> {
    const now = this.#options.clock();
    if (
      item.firstAttemptAt !== undefined &&
      now - item.firstAttemptAt > GIVE_UP_MS
    ) {
      return this.#end(item, "unknown");
    }
    const isFirst = item.firstAttemptAt === undefined;
    let position: Position;
    try {
      position =
        (isFirst ? undefined : item.position) ??
        (await this.#newPosition(item.roomId));
    } catch (error) {
      if (this.#isCurrent(item.roomId, flight)) this.#unreachable(item, error);
      return;
    }
    if (!this.#isCurrent(item.roomId, flight)) return;
    const attempted: OutboxItem = {
      ...item,
      state: "sending",
      position,
      firstAttemptAt: item.firstAttemptAt ?? now,
    };
    const isKept = await this.#book.keep(attempted);
    if (!this.#isCurrent(item.roomId, flight)) return;
    if (!isKept) return this.#pause(item.roomId);
    this.#options.ask(sendMessageFrame(attempted, position), (answer) => {
      if (this.#isCurrent(item.roomId, flight))
        this.#answered(attempted, flight, answer, isFirst);
    });
  }

  #answered(
    item: OutboxItem,
    flight: Flight,
    answer: Answer,
    isFirst: boolean,
  ): void {
    if (answer?.type !== "refused") {
      // No answer: the outcome is unknown, and the same id finds out.
      this.#pause(item.roomId);
      this.#options.checkLine();
    } else if (answer.code === "stale_position") {
      this.#options.catchUpRoom(item.roomId);
      if (isFirst) this.#startOver(item);
      else void this.#catchUp(item, flight);
    } else if (answer.retryable) {
      this.#pause(item.roomId);
    } else {
      this.#end(item, "failed", { code: answer.code, message: answer.message });
    }
  }

  /** The only attempt was refused, so nothing was written: any newer position will do. */
  #startOver(item: OutboxItem): void {
    const { position: _position, firstAttemptAt: _at, ...unattempted } = item;
    void this.#book.keep({ ...unattempted, state: "pending" });
    this.#pause(item.roomId);
  }

  /** Look for the message in every entry after its position; then the position may move there. */
  async #catchUp(item: OutboxItem, flight: Flight): Promise<void> {
    const { roomId, clientMessageId } = item;
    const start = this.#book.find(clientMessageId)?.position ?? item.position;
    if (!start) return this.#startOver(item);
    let { seq } = start;
    try {
      for (;;) {
        const page = await this.#options.api.events(roomId, {
          after: seq,
          limit: PAGE_ENTRIES,
        });
        if (!this.#isCurrent(roomId, flight)) return;
        const areGone = page.epoch !== start.epoch || page.firstSeq > seq + 1;
        if (areGone) return this.#end(item, "unknown");
        for (const event of page.events) this.#see(event);
        if (!this.#isCurrent(roomId, flight)) return;
        seq = page.events.at(-1)?.seq ?? seq;
        if (seq >= page.head || page.events.length === 0) break;
      }
    } catch (error) {
      if (this.#isCurrent(roomId, flight)) this.#unreachable(item, error);
      return;
    }
    void this.#book.keep({ ...item, position: { epoch: start.epoch, seq } });
    this.#pause(roomId);
  }

  async #newPosition(roomId: string): Promise<Position> {
    const applied = this.#options.positionOf(roomId);
    if (applied) return applied;
    const { epoch, head } = await this.#options.api.messages(roomId, {
      limit: 1,
    });
    return { epoch, seq: head };
  }

  /** A page could not be had. A message that was attempted asks the socket again. */
  #unreachable(item: OutboxItem, error: unknown): void {
    const { retryable, code, message } = Object(error) as Partial<ApiError>;
    const isRefused =
      retryable === false && code !== undefined && code !== "not_signed_in";
    if (isRefused && item.firstAttemptAt === undefined) {
      this.#end(item, "failed", { code, message: message ?? "" });
    } else this.#pause(item.roomId);
  }

  /** An entry, applied or only fetched, may be one's own message. */
  #see(event: RoomEvent): void {
    if (event.kind === "messageSent" && event.by === this.#userId)
      this.#seen(event.clientMessageId);
  }

  /** The message is there to see: nothing is left to do. */
  #seen(clientMessageId: string): void {
    const item = this.#book.find(clientMessageId);
    if (!item) return;
    this.#book.remove(clientMessageId);
    this.#landed(item);
  }

  #end(item: OutboxItem, state: OutboxState, failure?: OutboxFailure): void {
    const latest = this.#book.find(item.clientMessageId) ?? item;
    void this.#book.keep({ ...latest, state, ...(failure ? { failure } : {}) });
    this.#landed(item);
  }

  /** The message is settled: the room's next one may go. */
  #landed(item: OutboxItem): void {
    const { roomId } = item;
    if (this.isInFlight(item)) this.#flights.delete(roomId);
    this.#failures.delete(roomId);
    this.#options.timers.clearTimeout(this.#pauses.get(roomId));
    this.#pauses.delete(roomId);
    this.drain(roomId);
  }

  #pause(roomId: string): void {
    const failures = this.#failures.get(roomId) ?? 0;
    this.#failures.set(roomId, failures + 1);
    this.#flights.delete(roomId);
    const pauseMs = fullJitter(failures, this.#options.random);
    const timer = this.#options.timers.setTimeout(() => {
      this.#pauses.delete(roomId);
      this.drain(roomId);
    }, pauseMs);
    this.#pauses.set(roomId, timer);
  }

  #isCurrent(roomId: string, flight: Flight): boolean {
    return this.#flights.get(roomId) === flight;
  }

  #abort(): void {
    this.#flights.clear();
    for (const timer of this.#pauses.values())
      this.#options.timers.clearTimeout(timer);
    this.#pauses.clear();
  }
}

function sendMessageFrame(item: OutboxItem, position: Position): ClientFrame {
  return {
    action: "sendMessage",
    roomId: item.roomId,
    clientMessageId: item.clientMessageId,
    position,
    text: item.text,
    ...(item.replyTo === undefined ? {} : { replyTo: item.replyTo }),
    ...(item.attachments && { attachments: [...item.attachments] }),
  };
}
