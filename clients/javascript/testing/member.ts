// Who uses the client in a test? Somebody who shows what the client tells, and checks it.

import { TeahouseClient } from "../src/client.js";
import type { ClientOptions } from "../src/clientOptions.js";
import { MemoryOutbox } from "../src/memoryOutbox.js";
import type { OutboxItem, OutboxStorage } from "../src/outbox.js";
import type { Message, RoomEvent } from "../src/frames.js";
import { messageOf, type FakeServer } from "./fakeServer.js";

/** What a member's screen holds of one room. */
export interface Screen {
  epoch: string;
  /** The newest applied entry. */
  seq: number;
  messages: Message[];
}

/** Surroundings that a test changes. */
export class FakeSurroundings {
  #visible = true;
  #online = true;
  readonly #listeners = new Set<() => void>();

  isVisible = (): boolean => this.#visible;
  isOnline = (): boolean => this.#online;

  watch = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  change({ visible = this.#visible, online = this.#online }): void {
    this.#visible = visible;
    this.#online = online;
    for (const listener of this.#listeners) listener();
  }
}

/** Deals locks as a browser does to its tabs. */
export class FakeLocks {
  readonly #queues = new Map<string, Promise<void>>();

  request = async (
    name: string,
    { signal }: { signal: AbortSignal },
    callback: () => Promise<void>,
  ): Promise<void> => {
    const before = this.#queues.get(name) ?? Promise.resolve();
    const mine = before.then(async () => {
      if (!signal.aborted) await callback();
    });
    this.#queues.set(name, mine);
    await mine;
  };
}

/** What the tabs of a browser keep together. */
export class FakeStorage {
  isForbidden = false;
  readonly #kept = new Map<string, string>();

  getItem = (key: string): string | null => {
    this.#refuse();
    return this.#kept.get(key) ?? null;
  };

  setItem = (key: string, text: string): void => {
    this.#refuse();
    this.#kept.set(key, text);
  };

  #refuse(): void {
    if (this.isForbidden) throw new Error("Storage is forbidden.");
  }
}

/** A person, a client, and the screens that the client's events make. */
export class Member {
  readonly client: TeahouseClient;
  readonly surroundings: FakeSurroundings;
  readonly outbox: OutboxStorage;
  readonly screens = new Map<string, Screen>();
  readonly told: { kind: string; event: unknown }[] = [];

  constructor(
    readonly server: FakeServer,
    readonly id: string,
    options: Partial<ClientOptions> = {},
  ) {
    this.surroundings = new FakeSurroundings();
    this.outbox = options.outbox ?? new MemoryOutbox(id);
    this.client = new TeahouseClient({
      url: "ws://teahouse.test/ws",
      api: server.api,
      outbox: this.outbox,
      WebSocket: server.socketOf(id),
      clock: server.time.clock,
      random: server.random,
      timers: server.time,
      surroundings: this.surroundings,
      locks: new FakeLocks(),
      ...options,
    });
    for (const kind of [
      "state",
      "joined",
      "joinRefused",
      "signedOut",
      "stopped",
      "roomRemoved",
    ] as const) {
      this.client.on(kind, (event) => this.told.push({ kind, event }));
    }
    this.client.on(
      "reset",
      ({ roomId, snapshot: { epoch, head, messages } }) => {
        this.screens.set(roomId, { epoch, seq: head, messages: [...messages] });
      },
    );
    this.client.on("events", ({ roomId, events }) =>
      this.#show(roomId, events),
    );
  }

  /** Connect, join, and wait until the room is shown. */
  async enter(roomId: string): Promise<this> {
    this.client.connect();
    this.client.joinRoom(roomId);
    await this.server.time.advance(200);
    return this;
  }

  screen(roomId: string): Screen {
    const screen = this.screens.get(roomId);
    if (!screen) throw new Error(`${this.id} does not see ${roomId}`);
    return screen;
  }

  texts(roomId: string): string[] {
    return this.screen(roomId).messages.map((message) => message.text);
  }

  outboxStates(): Record<string, OutboxItem["state"]> {
    return Object.fromEntries(
      this.client.outboxItems.map((item) => [item.text, item.state]),
    );
  }

  #show(roomId: string, events: readonly RoomEvent[]): void {
    const screen = this.screen(roomId);
    for (const event of events) {
      if (event.seq !== screen.seq + 1) {
        throw new Error(
          `${this.id} was told ${event.seq} of ${roomId} after ${screen.seq}`,
        );
      }
      screen.seq = event.seq;
      if (event.kind === "messageSent") screen.messages.push(messageOf(event));
    }
  }
}
