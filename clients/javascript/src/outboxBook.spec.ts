import { describe, expect, it } from "vitest";

import { MemoryOutbox } from "./memoryOutbox.js";
import type { OutboxItem } from "./outbox.js";
import { OutboxBook } from "./outboxBook.js";

const item = (
  id: string,
  createdAt: number,
  more: Partial<OutboxItem> = {},
): OutboxItem => ({
  clientMessageId: id,
  roomId: "den",
  text: id,
  state: "pending",
  createdAt,
  ...more,
});
const never = () => false;
const idsOf = (book: OutboxBook) =>
  book.items.map(({ clientMessageId }) => clientMessageId);

describe("OutboxBook", () => {
  it("keeps the order of sending, whatever comes first", async () => {
    const storage = new MemoryOutbox();
    await storage.put(item("second", 2));
    await storage.put(item("first", 1));
    const book = new OutboxBook(storage, () => {});
    await book.keep(item("third", 3));
    await book.load(never);

    expect(idsOf(book)).toEqual(["first", "second", "third"]);
    expect(book.next("den")?.clientMessageId).toBe("first");
  });

  it("gives every message a place of its own, even when the clock stands or steps back", () => {
    const book = new OutboxBook(new MemoryOutbox(), () => {});

    expect([5, 5, 3, 9].map((nowMs) => book.nextCreatedAt(nowMs))).toEqual([
      5, 6, 7, 9,
    ]);
  });

  it("passes over what waits for the person", async () => {
    const book = new OutboxBook(new MemoryOutbox(), () => {});
    await book.keep(item("failed", 1, { state: "failed" }));
    await book.keep(item("unknown", 2, { state: "unknown" }));
    await book.keep(item("next", 3));
    await book.keep(item("elsewhere", 4, { roomId: "hut", state: "failed" }));

    expect(book.next("den")?.clientMessageId).toBe("next");
    expect(book.roomIds()).toEqual(["den"]);
  });

  it("takes over what another tab wrote and lets go what it removed", async () => {
    const storage = new MemoryOutbox();
    const book = new OutboxBook(storage, () => {});
    await book.keep(item("mine", 1));
    await book.keep(item("theirs to remove", 2));
    await storage.put(item("theirs", 3));
    await storage.remove("theirs to remove");
    await book.load(never);

    expect(idsOf(book)).toEqual(["mine", "theirs"]);
  });

  it("keeps what it knows better than the storage", async () => {
    const storage = new MemoryOutbox();
    const book = new OutboxBook(storage, () => {});
    await book.keep(item("in flight", 1));
    book.show(item("in flight", 1, { state: "sending" }));
    await book.load(({ clientMessageId }) => clientMessageId === "in flight");

    expect(book.items).toMatchObject([{ state: "sending" }]);
  });

  it("keeps what is being written while it reads", async () => {
    const book = new OutboxBook(new MemoryOutbox(), () => {});
    const loading = book.load(never);
    const writing = book.keep(item("new", 1));
    await Promise.all([loading, writing]);

    expect(idsOf(book)).toEqual(["new"]);
  });

  it("does not bring back what was removed while it read", async () => {
    const book = new OutboxBook(new MemoryOutbox(), () => {});
    await book.keep(item("done", 1));
    const loading = book.load(never);
    book.remove("done");
    await loading;

    expect(idsOf(book)).toEqual([]);
  });

  it("goes on with what is in memory when the storage cannot be read", async () => {
    const storage = new MemoryOutbox();
    const book = new OutboxBook(storage, () => {});
    await book.keep(item("here", 1));
    storage.load = () => Promise.reject(new Error("blocked"));
    await book.load(never);

    expect(idsOf(book)).toEqual(["here"]);
  });
});
