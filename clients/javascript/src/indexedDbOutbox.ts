// Where does the outbox of a page survive a reload?

import type { OutboxItem, OutboxStorage } from "./outbox.js";

const STORE = "messages";

export interface IndexedDbOutboxOptions {
  /** @default globalThis.indexedDB */
  indexedDB?: IDBFactory;
  /** Tells other tabs of changes; null where there is no such thing. @default BroadcastChannel */
  BroadcastChannel?: typeof BroadcastChannel | null;
}

/** The outbox of one person in one browser, shared by all tabs. */
export class IndexedDbOutbox implements OutboxStorage {
  readonly name: string;
  readonly #factory: IDBFactory;
  readonly #channel: BroadcastChannel | undefined;
  #opening: Promise<IDBDatabase> | undefined;

  /** Two people on one machine have two outboxes: nobody's message is sent as somebody else's. */
  constructor(userId: string, options: IndexedDbOutboxOptions = {}) {
    this.name = `teahouse-outbox-${userId}`;
    this.#factory = options.indexedDB ?? globalThis.indexedDB;
    const Channel = options.BroadcastChannel ?? globalThis.BroadcastChannel;
    const hasChannel =
      options.BroadcastChannel !== null && Channel !== undefined;
    this.#channel = hasChannel ? new Channel(this.name) : undefined;
  }

  async load(): Promise<OutboxItem[]> {
    const items = await this.#run<OutboxItem[]>("readonly", (store) =>
      store.getAll(),
    );
    return items.sort((one, other) => one.createdAt - other.createdAt);
  }

  async put(item: OutboxItem): Promise<void> {
    await this.#run("readwrite", (store) => store.put(item));
    this.#channel?.postMessage("changed");
  }

  async remove(clientMessageId: string): Promise<void> {
    await this.#run("readwrite", (store) => store.delete(clientMessageId));
    this.#channel?.postMessage("changed");
  }

  watch(listener: () => void): () => void {
    this.#channel?.addEventListener("message", listener);
    return () => this.#channel?.removeEventListener("message", listener);
  }

  /** Let the database and the channel go. */
  async close(): Promise<void> {
    this.#channel?.close();
    const opening = this.#opening;
    this.#opening = undefined;
    await opening?.then((database) => database.close()).catch(() => {});
  }

  /** Run one request in a transaction of its own; resolves when it is on disk. */
  async #run<T>(
    mode: IDBTransactionMode,
    ask: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    const database = await this.#open();
    return new Promise((resolve, reject) => {
      // A message is promised to survive; relaxed durability could lose it with the machine's power.
      const transaction = database.transaction(STORE, mode, {
        durability: "strict",
      });
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () =>
        reject(transaction.error ?? new Error("aborted"));
    });
  }

  #open(): Promise<IDBDatabase> {
    this.#opening ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = this.#factory.open(this.name, 1);
      request.onupgradeneeded = () =>
        request.result.createObjectStore(STORE, { keyPath: "clientMessageId" });
      request.onerror = () => reject(request.error ?? new Error("not opened"));
      request.onsuccess = () => {
        // A browser may close it, and somebody may clear the site's data: open it again then.
        request.result.onclose = () => (this.#opening = undefined);
        request.result.onversionchange = () => {
          request.result.close();
          this.#opening = undefined;
        };
        resolve(request.result);
      };
    }).catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }
}
