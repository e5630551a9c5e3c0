// Where does the outbox of a program live that needs none after it ends?

import type { OutboxItem, OutboxStorage } from "./outbox.js";

/** An outbox that ends with the program. */
export class MemoryOutbox implements OutboxStorage {
  readonly name: string;
  readonly #items = new Map<string, OutboxItem>();

  constructor(name = "memory") {
    this.name = name;
  }

  async load(): Promise<OutboxItem[]> {
    return [...this.#items.values()].sort(
      (one, other) => one.createdAt - other.createdAt,
    );
  }

  async put(item: OutboxItem): Promise<void> {
    this.#items.set(item.clientMessageId, item);
  }

  async remove(clientMessageId: string): Promise<void> {
    this.#items.delete(clientMessageId);
  }
}
