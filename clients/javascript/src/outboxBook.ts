// What is in the outbox? A list in memory, and the storage that survives a reload behind it.

import type { OutboxItem, OutboxStorage } from "./outbox.js";

/** The outbox of this tab: what it shows is in memory, what it must not forget is in the storage. */
export class OutboxBook {
  readonly #storage: OutboxStorage;
  readonly #onChange: (items: readonly OutboxItem[]) => void;
  #items: readonly OutboxItem[] = [];
  /** Ids the storage has held. What it never held, a reload cannot send again. */
  readonly #stored = new Set<string>();
  /** Ids being written: a list read meanwhile may not know them yet. */
  readonly #writing = new Set<string>();
  /** Ids removed here: a list read before may still name them. */
  readonly #removed = new Set<string>();
  #newest = 0;

  constructor(
    storage: OutboxStorage,
    onChange: (items: readonly OutboxItem[]) => void,
  ) {
    this.#storage = storage;
    this.#onChange = onChange;
  }

  /** Everything, in the order of sending. */
  get items(): readonly OutboxItem[] {
    return this.#items;
  }

  find(clientMessageId: string): OutboxItem | undefined {
    return this.#items.find((item) => item.clientMessageId === clientMessageId);
  }

  /** The message of a room whose turn it is. */
  next(roomId: string): OutboxItem | undefined {
    return this.#items.find(
      (item) => item.roomId === roomId && isOnItsWay(item),
    );
  }

  /** The rooms with messages on their way. */
  roomIds(): string[] {
    return [
      ...new Set(this.#items.filter(isOnItsWay).map((item) => item.roomId)),
    ];
  }

  /** Give the next place in the order: the time, or just after the newest item. */
  nextCreatedAt(nowMs: number): number {
    this.#newest = Math.max(nowMs, this.#newest + 1);
    return this.#newest;
  }

  /** Read the storage again, keeping what `isMine` says this tab knows better. */
  async load(isMine: (item: OutboxItem) => boolean): Promise<void> {
    let stored: OutboxItem[];
    try {
      stored = await this.#storage.load();
    } catch {
      return; // what is in memory is all there is
    }
    const kept = this.#items.filter(
      (item) =>
        isMine(item) ||
        this.#writing.has(item.clientMessageId) ||
        !this.#isStored(item),
    );
    const known = new Set(kept.map((item) => item.clientMessageId));
    const found = stored.filter(
      ({ clientMessageId: id }) => !known.has(id) && !this.#removed.has(id),
    );
    for (const item of found) this.#stored.add(item.clientMessageId);
    this.#change([...kept, ...found]);
  }

  /** Add or replace an item in memory only. */
  show(item: OutboxItem): void {
    this.#change([
      ...this.#items.filter(
        (other) => other.clientMessageId !== item.clientMessageId,
      ),
      item,
    ]);
  }

  /**
   * Add or replace an item, and store it. False when the storage failed on an item it has held:
   * its old copy may be sent again after a reload, from wherever it stood.
   */
  async keep(item: OutboxItem): Promise<boolean> {
    const id = item.clientMessageId;
    this.show(item);
    this.#writing.add(id);
    try {
      await this.#storage.put(item);
      this.#stored.add(id);
      return true;
    } catch {
      return !this.#stored.has(id);
    } finally {
      this.#writing.delete(id);
    }
  }

  /** Forget an item in the storage; `shown` stays in memory until its entry is there to see. */
  remove(clientMessageId: string, shown?: OutboxItem): void {
    const others = this.#items.filter(
      (item) => item.clientMessageId !== clientMessageId,
    );
    this.#removed.add(clientMessageId);
    this.#change(shown ? [...others, shown] : others);
    // What cannot be removed is sent again after a reload with the same id, and found in the log.
    this.#storage.remove(clientMessageId).catch(() => {});
  }

  /** Call back when another tab has changed the outbox; returns how to stop. */
  watch(listener: () => void): () => void {
    return this.#storage.watch?.(listener) ?? (() => {});
  }

  #isStored(item: OutboxItem): boolean {
    return this.#stored.has(item.clientMessageId);
  }

  #change(items: OutboxItem[]): void {
    this.#items = items.sort((one, other) => one.createdAt - other.createdAt);
    this.#newest = Math.max(this.#newest, this.#items.at(-1)?.createdAt ?? 0);
    this.#onChange(this.#items);
  }
}

function isOnItsWay({ state }: OutboxItem): boolean {
  return state === "pending" || state === "sending";
}
