import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it } from "vitest";

import { IndexedDbOutbox } from "./indexedDbOutbox.js";
import type { OutboxItem } from "./outbox.js";

const item = (id: string, createdAt: number): OutboxItem => ({
  clientMessageId: id,
  roomId: "den",
  text: id,
  state: "sending",
  createdAt,
  position: { epoch: "e1", seq: 4 },
});

let indexedDB: IDBFactory;
const outboxOf = (userId: string) =>
  new IndexedDbOutbox(userId, { indexedDB, BroadcastChannel: null });

beforeEach(() => {
  indexedDB = new IDBFactory();
});

describe("IndexedDbOutbox", () => {
  it("holds over a reload what was put, in the order of sending", async () => {
    const before = outboxOf("ann");
    await before.put(item("second", 2));
    await before.put(item("first", 1));
    await before.close();

    const after = outboxOf("ann");
    expect(await after.load()).toEqual([item("first", 1), item("second", 2)]);
    await after.close();
  });

  it("replaces and removes by client message id", async () => {
    const outbox = outboxOf("ann");
    await outbox.put(item("one", 1));
    await outbox.put({ ...item("one", 1), state: "failed" });
    await outbox.put(item("two", 2));
    await outbox.remove("two");
    await outbox.remove("never there");

    expect(await outbox.load()).toEqual([
      { ...item("one", 1), state: "failed" },
    ]);
    await outbox.close();
  });

  it("gives one person nothing of another's", async () => {
    const anns = outboxOf("ann");
    const bens = outboxOf("ben");
    await anns.put(item("ann's", 1));

    expect(await bens.load()).toEqual([]);
    expect(await anns.load()).toHaveLength(1); // the control
    expect(anns.name).not.toBe(bens.name);
    await Promise.all([anns.close(), bens.close()]);
  });

  it("tells the other tabs of changes, and not its own", async () => {
    const one = new IndexedDbOutbox("ann", { indexedDB });
    const other = new IndexedDbOutbox("ann", { indexedDB });
    let ownChanges = 0;
    one.watch(() => (ownChanges += 1));
    const heard = new Promise<void>((resolve) => other.watch(resolve));

    await one.put(item("one", 1));
    await heard;

    expect(ownChanges).toBe(0);
    await Promise.all([one.close(), other.close()]);
  });

  it("opens the database again after it could not be opened", async () => {
    const real = indexedDB.open.bind(indexedDB);
    let isBlocked = true;
    indexedDB.open = (...args: Parameters<IDBFactory["open"]>) => {
      if (isBlocked) throw new Error("blocked");
      return real(...args);
    };
    const outbox = outboxOf("ann");
    await expect(outbox.put(item("one", 1))).rejects.toThrow("blocked");

    isBlocked = false;
    await outbox.put(item("one", 1));
    expect(await outbox.load()).toHaveLength(1);
    await outbox.close();
  });
});
