// How does a program take part in rooms? One client per person: join, listen, send.

import { Changes, type MessageChange } from "./changes.js";
import type { ClientEvents, Listener } from "./clientEvents.js";
import type { ClientOptions } from "./clientOptions.js";
import { Connection, type ConnectionState } from "./connection.js";
import { Emitter } from "./emitter.js";
import {
  MAX_FRAME_BYTES,
  type Position,
  type ServerFrame,
  type Welcome,
} from "./frames.js";
import type { OutboxItem } from "./outbox.js";
import { OutboxBook } from "./outboxBook.js";
import type { Timers } from "./ports.js";
import { ReadMarks } from "./readMarks.js";
import { Rooms } from "./rooms.js";
import { Sender } from "./sender.js";
import { ownSessionSeen } from "./sessionSeen.js";
import { pageSurroundings } from "./surroundings.js";
import { TypingSignals } from "./typingSignals.js";
import { jsonBytes, TextRefused, textProblem } from "./text.js";

/** What a message is beside its text: what it answers, and ids of one's own uploads. */
export interface SendExtra {
  replyTo?: number;
  attachments?: readonly string[];
}

/** One person's part in all rooms, over connections that come and go. */
export class TeahouseClient {
  readonly #options: ClientOptions;
  readonly #clock: () => number;
  readonly #emitter = new Emitter<ClientEvents>();
  readonly #connection: Connection;
  readonly #rooms: Rooms;
  readonly #book: OutboxBook;
  readonly #sender: Sender;
  readonly #changes: Changes;
  readonly #readMarks: ReadMarks;
  readonly #typing: TypingSignals;
  /** Ends this run's hold on the outbox; undefined while closed. */
  #leaving: AbortController | undefined;

  constructor(options: ClientOptions) {
    const {
      api,
      random = Math.random,
      timers = globalTimers,
      WebSocket = globalThis.WebSocket,
      surroundings = pageSurroundings,
      sessionSeen = ownSessionSeen(),
    } = options;
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
    const ask: Connection["ask"] = (action, onAnswer) =>
      this.#connection.ask(action, onAnswer);
    this.#rooms = new Rooms({ api, timers, random, ask }, this.#roomListener());
    this.#book = new OutboxBook(options.outbox, (items) =>
      this.#emitter.emit("outbox", { items }),
    );
    this.#sender = new Sender(
      {
        api,
        timers,
        random,
        ask,
        clock: this.#clock,
        checkLine: () => this.#connection.check(),
        positionOf: (roomId) => this.#rooms.position(roomId),
        catchUpRoom: (roomId) => this.#rooms.catchUp([roomId]),
      },
      this.#book,
    );
    const newId = options.newId ?? randomId;
    this.#changes = new Changes({ ask, newId, timers, random });
    this.#readMarks = new ReadMarks(timers, (roomId, seq) =>
      this.#connection.tell({ action: "markRead", roomId, seq }),
    );
    this.#typing = new TypingSignals(this.#clock, (roomId) =>
      this.#connection.tell({ action: "signalTyping", roomId }),
    );
    const { url, ticket, renewSession } = options;
    this.#connection = new Connection(
      {
        url,
        WebSocket,
        timers,
        clock: this.#clock,
        random,
        surroundings,
        sessionSeen,
        ticket,
        renewSession,
      },
      this.#connectionListener(),
    );
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** The whole outbox, in the order of sending. */
  get outboxItems(): readonly OutboxItem[] {
    return this.#book.items;
  }

  /** Load the outbox, connect, and stay connected until `close`; after `stopped`, go on. */
  connect(): void {
    if (this.#leaving) return;
    const leaving = (this.#leaving = new AbortController());
    const load = () => this.#book.load((item) => this.#isBetterKnown(item));
    const unwatch = this.#book.watch(
      () => void load().then(() => this.#sender.drainAll()),
    );
    leaving.signal.addEventListener("abort", unwatch);
    void load().then(() => this.#holdOutbox(leaving.signal, load));
    this.#connection.start();
  }

  /** Leave all rooms; the outbox stays. A closed client can connect again. */
  close(): void {
    this.#leave();
    this.#connection.stop();
  }

  /** Listen; returns how to stop. */
  on<K extends keyof ClientEvents>(kind: K, listener: Listener<K>): () => void {
    return this.#emitter.on(kind, listener);
  }

  /**
   * Hear a room from now on, on this connection and every later one. With the position of a page
   * that is already shown, entries after it follow as `events`; without, a `reset` comes first.
   */
  joinRoom(roomId: string, position?: Position): void {
    this.#rooms.join(roomId, position);
  }

  /** Hear the room no more. Membership stays. */
  unjoinRoom(roomId: string): void {
    if (!this.#rooms.has(roomId)) return;
    this.#rooms.forget(roomId);
    this.#connection.tell({ action: "unjoinRoom", roomId });
  }

  /** This person has read up to here; told at most once in 2 s. */
  markRead(roomId: string, seq: number): void {
    this.#readMarks.mark(roomId, seq);
  }

  /** This person is writing in a room; call it with every key, it is told at most once in 3 s. */
  signalTyping(roomId: string): void {
    this.#typing.signal(roomId);
  }

  /**
   * Say something, perhaps with pictures; returns at once, and the outbox does the rest.
   *
   * @throws TextRefused when it is empty or over a limit.
   */
  send(
    roomId: string,
    text: string,
    { replyTo, attachments = [] }: SendExtra = {},
  ): OutboxItem {
    const trimmed = text.trim();
    const problem = textProblem(trimmed, {
      mayBeEmpty: attachments.length > 0,
    });
    if (problem) throw new TextRefused(problem);
    const item: OutboxItem = {
      clientMessageId: (this.#options.newId ?? randomId)(),
      roomId,
      text: trimmed,
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(attachments.length === 0 ? {} : { attachments }),
      state: "pending",
      createdAt: this.#book.nextCreatedAt(this.#clock()),
    };
    // Everything else in the frame is ids and numbers of bounded length.
    if (jsonBytes(item) + FRAME_ROOM_BYTES > MAX_FRAME_BYTES)
      throw new TextRefused("too_many_bytes");
    this.#typing.end(roomId);
    void this.#book.keep(item).then(() => this.#sender.drain(roomId));
    return item;
  }

  /** Say a `failed` or `unknown` message again, with a new id; undefined when it is neither. */
  retry(clientMessageId: string): OutboxItem | undefined {
    const item = this.#book.find(clientMessageId);
    if (item?.state !== "failed" && item?.state !== "unknown") return undefined;
    const again = this.send(item.roomId, item.text, item);
    this.#book.remove(clientMessageId);
    return again;
  }

  /**
   * Edit a message, delete it, or react to it; resolves once that is done, and is told as `events`.
   *
   * @throws ActionRefused with the server's code, or `unreachable` when nobody knows.
   * @throws TextRefused when a new text is empty or over a limit.
   */
  async change(change: MessageChange): Promise<void> {
    if (change.action !== "editMessage") return this.#changes.make(change);
    const text = change.text.trim();
    const problem = textProblem(text);
    if (problem) throw new TextRefused(problem);
    return this.#changes.make({ ...change, text });
  }

  /** Forget a message that is not on its way; false when it is, or is not there. */
  discard(clientMessageId: string): boolean {
    const item = this.#book.find(clientMessageId);
    if (!item || item.state === "sending" || this.#sender.isInFlight(item))
      return false;
    this.#book.remove(clientMessageId);
    return true;
  }

  #connectionListener(): ConstructorParameters<typeof Connection>[1] {
    return {
      onState: (state) => {
        if (state !== "connected") {
          this.#rooms.disconnected();
          this.#sender.disconnected();
        }
        this.#emitter.emit("state", { state });
      },
      onWelcome: (welcome) => this.#welcome(welcome),
      onFrame: (frame) => this.#receive(frame),
      onPong: ({ behind, reset }) => {
        this.#rooms.catchUp(behind);
        this.#rooms.reset(reset);
      },
      positions: () => this.#rooms.positions(),
      onSignedOut: (code, message) => this.#stopped("signedOut", code, message),
      onStopped: ({ code, message }) => this.#stopped("stopped", code, message),
    };
  }

  #roomListener(): ConstructorParameters<typeof Rooms>[1] {
    return {
      onJoined: (roomId, online, users) =>
        this.#emitter.emit("joined", { roomId, online, users }),
      onRefused: (roomId, code, message) =>
        this.#emitter.emit("joinRefused", { roomId, code, message }),
      onReset: (roomId, snapshot) => {
        this.#emitter.emit("reset", { roomId, snapshot });
        this.#sender.compareSnapshot(roomId, snapshot);
      },
      onEvents: (roomId, epoch, run, users) => {
        this.#emitter.emit("events", {
          roomId,
          epoch,
          events: run.events,
          users,
        });
        this.#sender.compare(roomId, epoch, run);
      },
    };
  }

  #welcome(welcome: Welcome): void {
    const { userId } = this.#options;
    if (userId !== undefined && userId !== welcome.user.id) {
      this.#connection.stop();
      return this.#stopped(
        "signedOut",
        "another_user",
        "Somebody else has signed in.",
      );
    }
    this.#emitter.emit("welcome", welcome);
    this.#rooms.connected();
    this.#sender.connected(welcome.user.id);
    this.#readMarks.tellAgain();
  }

  #receive(frame: ServerFrame): void {
    this.#emitter.emit("frame", frame);
    switch (frame.type) {
      case "events":
        return this.#rooms.receive(frame);
      case "sent":
        this.#rooms.receiveSent(frame);
        return this.#sender.acknowledge(frame);
      case "done":
        return this.#rooms.receiveSent(frame);
      case "roomAdded":
        return this.#emitter.emit("roomAdded", { room: frame.room });
      case "roomRemoved":
        this.#rooms.forget(frame.roomId);
        return this.#emitter.emit("roomRemoved", {
          roomId: frame.roomId,
          reason: frame.reason,
        });
      default:
    }
  }

  #stopped(kind: "signedOut" | "stopped", code: string, message: string): void {
    // Whoever is asked not to come back may be told to by the person: then the rooms go on.
    if (kind === "stopped") this.#rest();
    else this.#leave();
    this.#emitter.emit(kind, { code, message });
  }

  #leave(): void {
    this.#rooms.clear();
    this.#readMarks.clear();
    this.#rest();
  }

  #rest(): void {
    this.#sender.setDraining(false);
    this.#leaving?.abort();
    this.#leaving = undefined;
  }

  /** Drain the outbox from when this tab gets the lock until it leaves. */
  async #holdOutbox(
    signal: AbortSignal,
    load: () => Promise<void>,
  ): Promise<void> {
    if (signal.aborted) return;
    const locks = this.#options.locks ?? globalThis.navigator?.locks;
    if (!locks) return this.#sender.setDraining(true);
    const drainUntilLeaving = async () => {
      await load();
      if (signal.aborted) return;
      this.#sender.setDraining(true);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    };
    try {
      await locks.request(
        this.#options.outbox.name,
        { signal },
        drainUntilLeaving,
      );
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** What this tab knows of an item before the storage does. */
  #isBetterKnown(item: OutboxItem): boolean {
    return item.state === "sent" || this.#sender.isInFlight(item);
  }
}

/** Room for the action, the request id, and a position of 64 and 16 digits. */
const FRAME_ROOM_BYTES = 256;

const globalTimers: Timers = {
  setTimeout: (callback, ms) => globalThis.setTimeout(callback, ms),
  clearTimeout: (handle) =>
    globalThis.clearTimeout(handle as number | undefined),
};

/** 128 random bits; `crypto.randomUUID` would need a secure context. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
