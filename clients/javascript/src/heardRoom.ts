// Where does one room stand that this client hears?

import { between, fullJitter } from "./backoff.js";
import type { ClientFrame, Joined, Position, RoomEvent } from "./frames.js";
import type { Answer, AnswerListener } from "./line.js";
import type {
  MessagesPage,
  PagesApi,
  TimerHandle,
  Timers,
  Users,
} from "./ports.js";
import type { ApiError } from "./rest.js";
import { MAX_BUFFERED, RoomLog, type Run } from "./roomLog.js";

const PAGE_ENTRIES = 200;
const SNAPSHOT_MESSAGES = 50;
/** Jitter before a hole is filled: all members see the same hole at the same moment. */
const HEALING_MS = [150, 400] as const;

export interface RoomOptions {
  api: PagesApi;
  timers: Timers;
  random: () => number;
  ask(action: ClientFrame, onAnswer: AnswerListener): void;
}

export interface RoomListener {
  onJoined(roomId: string, online: string[] | number, users: Users): void;
  /** The server said no for good; the room is closed. */
  onRefused(roomId: string, code: string, message: string): void;
  onReset(roomId: string, snapshot: MessagesPage): void;
  onEvents(roomId: string, epoch: string, run: Run, users: Users): void;
}

interface Entries {
  epoch: string;
  events: RoomEvent[];
  users: Users;
}

/**
 * Applies every entry of one room once, in order, whatever the pushes do.
 *
 *     no log --snapshot--> applying --other epoch, or entries are gone--> no log
 *                           |    ^
 *                           hole |
 *                           v    |
 *                   entries after `applied`, by REST
 *
 * What is pushed before `joined`, or before the snapshot is there, waits in `early`.
 */
export class HeardRoom {
  readonly id: string;
  readonly #options: RoomOptions;
  readonly #listener: RoomListener;
  #log: RoomLog | undefined;
  #isClosed = false;
  /** Whether the current line hears the room. */
  #isJoined = false;
  #early: Entries[] = [];
  /** Who is mentioned by entries that wait. */
  #users: Users = {};
  /** The question, the fetch and the snapshot on their way; what is overtaken is ignored. */
  #asking: object | undefined;
  #fetching: RoomLog | undefined;
  #snapshotting: object | undefined;
  #failures = 0;
  #timer: TimerHandle | undefined;

  constructor(
    id: string,
    position: Position | undefined,
    options: RoomOptions,
    listener: RoomListener,
  ) {
    this.id = id;
    this.#log = position && new RoomLog(position);
    this.#options = options;
    this.#listener = listener;
  }

  get position(): Position | undefined {
    return this.#log?.position;
  }

  /** Join on a new line, from where the room stands. */
  join(): void {
    if (this.#isClosed) return;
    this.#isJoined = false;
    this.#early = [];
    this.#cancelTimer();
    const asking = (this.#asking = {});
    const position = this.position;
    this.#options.ask(
      {
        action: "joinRoom",
        roomId: this.id,
        ...(position ? { position } : {}),
      },
      (answer) => {
        if (this.#isClosed || this.#asking !== asking) return;
        this.#asking = undefined;
        if (answer?.type === "joined") this.#joined(answer);
        else this.#notJoined(answer);
      },
    );
  }

  /** The line is lost: whatever was asked has no answer, and joining again finds what is missing. */
  disconnected(): void {
    this.#isJoined = false;
    this.#asking = undefined;
    this.#cancelTimer();
  }

  /** Nothing of the room is told any more. */
  close(): void {
    this.#isClosed = true;
    this.#log = undefined;
    this.#cancelTimer();
  }

  /** Entries were pushed, in any order, perhaps again. */
  receive(entries: Entries): void {
    if (this.#isJoined && this.#log) this.#apply(entries);
    else if (this.#early.length < MAX_BUFFERED) this.#early.push(entries);
  }

  /** Fetch the entries after `applied` until none is missing. */
  async catchUp(): Promise<void> {
    const log = this.#log;
    if (!log || this.#fetching === log) return;
    this.#fetching = log;
    this.#cancelTimer();
    try {
      while (await this.#fetchPage(log));
    } catch (error) {
      if (this.#log === log) this.#failed(error, () => void this.catchUp());
    } finally {
      if (this.#fetching === log) this.#fetching = undefined;
    }
  }

  /** The position is worth nothing any more: start afresh from a snapshot. */
  async reset(): Promise<void> {
    this.#log = undefined;
    this.#users = {};
    this.#cancelTimer();
    const snapshotting = (this.#snapshotting = {});
    const isOvertaken = () =>
      this.#isClosed || this.#snapshotting !== snapshotting;
    try {
      const page = await this.#options.api.messages(this.id, {
        limit: SNAPSHOT_MESSAGES,
      });
      if (isOvertaken()) return;
      this.#snapshotting = undefined;
      this.#failures = 0;
      this.#log = new RoomLog({ epoch: page.epoch, seq: page.head });
      this.#listener.onReset(this.id, page);
      if (this.#isJoined) this.#applyEarly();
    } catch (error) {
      if (!isOvertaken()) this.#failed(error, () => void this.reset());
    }
  }

  #joined(frame: Joined): void {
    this.#isJoined = true;
    this.#failures = 0;
    this.#listener.onJoined(this.id, frame.online, frame.users);
    const log = this.#log;
    if (
      !log ||
      frame.reset ||
      frame.epoch !== log.epoch ||
      frame.firstSeq > log.applied + 1
    ) {
      void this.reset();
      return;
    }
    this.#apply(frame);
    this.#applyEarly();
    if (this.#log === log && log.applied < frame.head) void this.catchUp();
  }

  #notJoined(answer: Answer): void {
    if (answer?.type === "refused" && !answer.retryable)
      return this.#refused(answer);
    if (answer?.type === "refused" && answer.code === "stale_position")
      this.#log = undefined;
    this.#later(this.#pauseMs(), () => this.join());
  }

  /** Take entries, tell those whose turn it is, and see to a hole. */
  #apply({ epoch, events, users }: Entries): void {
    const log = this.#log;
    if (!log) return;
    if (epoch !== log.epoch) {
      void this.reset();
      return;
    }
    const run = log.take(events);
    const mentioned = Object.assign(this.#users, users);
    if (!log.hasHole) this.#users = {};
    if (run.events.length > 0)
      this.#listener.onEvents(this.id, epoch, run, { ...mentioned });
    if (
      this.#log === log &&
      log.hasHole &&
      this.#fetching !== log &&
      this.#timer === undefined
    ) {
      this.#later(
        between(...HEALING_MS, this.#options.random),
        () => void this.catchUp(),
      );
    }
  }

  #applyEarly(): void {
    const early = this.#early;
    this.#early = [];
    // What an older epoch pushed while the snapshot was on its way is in no log any more.
    for (const entries of early)
      if (entries.epoch === this.#log?.epoch) this.#apply(entries);
  }

  /** Fetch one page; true when there is more to fetch at once. */
  async #fetchPage(log: RoomLog): Promise<boolean> {
    const after = log.applied;
    const page = await this.#options.api.events(this.id, {
      after,
      limit: PAGE_ENTRIES,
    });
    if (this.#log !== log) return false;
    if (page.epoch !== log.epoch || page.firstSeq > log.applied + 1) {
      void this.reset();
      return false;
    }
    this.#apply(page);
    if (this.#log !== log) return false;
    const isComplete = log.applied >= page.head && !log.hasHole;
    if (isComplete) this.#failures = 0;
    else if (log.applied === after)
      this.#later(this.#pauseMs(), () => void this.catchUp());
    return !isComplete && log.applied > after;
  }

  #failed(error: unknown, again: () => void): void {
    const { retryable, code, message } = Object(error) as Partial<ApiError>;
    // A session that has ended is the connection's affair: it renews it, or stops.
    if (retryable === false && code !== "not_signed_in") {
      this.#refused({ code: code ?? "forbidden", message: message ?? "" });
    } else this.#later(this.#pauseMs(), again);
  }

  #refused({ code, message }: { code: string; message: string }): void {
    this.close();
    this.#listener.onRefused(this.id, code, message);
  }

  #pauseMs(): number {
    return fullJitter(this.#failures++, this.#options.random);
  }

  #later(ms: number, callback: () => void): void {
    this.#cancelTimer();
    this.#timer = this.#options.timers.setTimeout(() => {
      this.#timer = undefined;
      callback();
    }, ms);
  }

  #cancelTimer(): void {
    if (this.#timer !== undefined)
      this.#options.timers.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
