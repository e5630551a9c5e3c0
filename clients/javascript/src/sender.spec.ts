import { beforeEach, describe, expect, it } from "vitest";

import type { FakeServer } from "../testing/fakeServer.js";
import type { FakeTime } from "../testing/fakeTime.js";
import { FakeLocks, Member } from "../testing/member.js";
import { received, setScene } from "../testing/scene.js";
import { MemoryOutbox } from "./memoryOutbox.js";
import type { OutboxItem } from "./outbox.js";

const HOUR_MS = 60 * 60_000;

let time: FakeTime;
let server: FakeServer;

beforeEach(() => {
  ({ time, server } = setScene());
});

const attempts = () => received(server, "sendMessage");
const ids = () =>
  new Set(attempts().map(({ clientMessageId }) => clientMessageId));

/** Let what `act` sends be written, and its acknowledgement be lost with the line. */
async function loseAnswer(act: () => void): Promise<void> {
  act();
  await time.advance(6);
  server.line("ann").breakOff();
}

const say = (count: number) => {
  for (let n = 0; n < count; n += 1) server.say("den", "ben", `ben ${n}`);
};

describe("a message", () => {
  it("is pending, then sending, then gone when it is there to see", async () => {
    const ann = await new Member(server, "ann").enter("den");
    const seen: (string | undefined)[] = [];
    ann.client.on("outbox", ({ items }) => seen.push(items[0]?.state));

    const item = ann.client.send("den", "hello");
    await time.advance(100);

    expect(item.state).toBe("pending");
    expect(seen.filter((state, index) => state !== seen[index - 1])).toEqual([
      "pending",
      "sending",
      undefined,
    ]);
  });

  it("stays to see as sent while its entry waits behind a hole", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.faults = { ...server.faults, loseFrame: 1 };
    server.say("den", "ben", "lost");
    server.faults = { ...server.faults, loseFrame: 0 };
    ann.client.send("den", "after the hole");
    await time.advance(50);
    expect(ann.outboxStates()).toEqual({ "after the hole": "sent" });
    expect(await ann.outbox.load()).toEqual([]);

    await time.advance(1_000);
    expect(ann.outboxStates()).toEqual({});
    expect(ann.texts("den")).toEqual(["lost", "after the hole"]);
  });

  it("is stored with its position before its first frame", async () => {
    const ann = await new Member(server, "ann").enter("den");
    ann.client.send("den", "hello");
    await time.settle();

    expect(attempts()).toEqual([]);
    expect(await ann.outbox.load()).toMatchObject([
      {
        state: "sending",
        position: { epoch: "e1", seq: 1 },
        firstAttemptAt: time.now,
      },
    ]);
  });

  it("waits for the one before it, so that the order holds", async () => {
    const ann = await new Member(server, "ann").enter("den");
    for (const text of ["one", "two", "three"]) ann.client.send("den", text);
    await time.advance(6);
    expect(attempts()).toHaveLength(1);

    await time.advance(1_000);
    expect(server.texts("den")).toEqual(["one", "two", "three"]);
  });

  it("waits for no message of another room", async () => {
    server.addRoom("hut");
    const ann = await new Member(server, "ann").enter("den");
    ann.client.joinRoom("hut");
    await time.advance(100);
    ann.client.send("den", "one");
    ann.client.send("hut", "two");
    await time.advance(6);

    expect(attempts().map(({ roomId }) => roomId)).toEqual(["den", "hut"]);
  });

  it("goes to a room that is not heard, from a position the server tells", async () => {
    server.addRoom("hut");
    const ann = await new Member(server, "ann").enter("den");
    ann.client.send("hut", "from afar");
    await time.advance(1_000);

    expect(server.texts("hut")).toEqual(["from afar"]);
    expect(ann.client.outboxItems).toEqual([]);
  });

  it("fails when there is no such room to be seen", async () => {
    const ann = await new Member(server, "ann").enter("den");
    ann.client.send("hut", "into the void");
    await time.advance(1_000);

    expect(ann.client.outboxItems).toMatchObject([
      { state: "failed", failure: { code: "not_found" } },
    ]);
  });

  it("answers another message", async () => {
    const ann = await new Member(server, "ann").enter("den");
    ann.client.send("den", "to that", { replyTo: 1 });
    await time.advance(100);

    expect(server.room("den").log.at(-1)).toMatchObject({ replyTo: 1 });
  });

  it("carries pictures, and needs no words beside them", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.refusals.push({
      action: "sendMessage",
      code: "muted",
      retryable: false,
    });
    const first = ann.client.send("den", " ", { attachments: ["p1", "p2"] });
    await time.advance(100);
    ann.client.retry(first.clientMessageId);
    await time.advance(100);

    expect(attempts()).toMatchObject([
      { text: "", attachments: ["p1", "p2"] },
      { text: "", attachments: ["p1", "p2"] },
    ]);
    expect(() => ann.client.send("den", " ", { attachments: [] })).toThrow(
      "empty",
    );
  });
});

describe("the same id again", () => {
  it("after a line that broke before the answer, and it is said once", async () => {
    const ann = await new Member(server, "ann").enter("den");
    await loseAnswer(() => ann.client.send("den", "once"));
    await time.advance(60_000);

    expect(server.texts("den")).toEqual(["once"]);
    expect(ann.texts("den")).toEqual(["once"]);
    expect(ids()).toHaveLength(1);
    expect(ann.client.outboxItems).toEqual([]);
  });

  it("after 10 s without an answer, on a line that is alive", async () => {
    const ann = await new Member(server, "ann").enter("den");
    ann.client.send("den", "once");
    await time.settle();
    server.faults = { ...server.faults, loseFrame: 1 };
    await time.advance(20);
    server.faults = { ...server.faults, loseFrame: 0 };
    await time.advance(9_000);
    expect(ann.outboxStates()).toEqual({ once: "sending" });

    await time.advance(2_000);
    expect(server.texts("den")).toEqual(["once"]);
    expect(server.sockets).toHaveLength(1);
  });

  it.each(["busy", "internal_error", "too_many_requests"] as const)(
    "after `%s`",
    async (code) => {
      const ann = await new Member(server, "ann").enter("den");
      server.refusals.push({ action: "sendMessage", code, retryable: true });
      server.refusals.push({ action: "sendMessage", code, retryable: true });
      ann.client.send("den", "third time lucky");
      await time.advance(10_000);

      expect(attempts()).toHaveLength(3);
      expect(ids()).toHaveLength(1);
      expect(server.texts("den")).toEqual(["third time lucky"]);
    },
  );

  it("names the position of the first attempt, until entries after it were looked at", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.refusals.push({
      action: "sendMessage",
      code: "busy",
      retryable: true,
    });
    ann.client.send("den", "late");
    await time.settle();
    say(3);
    await time.advance(10_000);

    expect(attempts().map(({ position }) => position.seq)).toEqual([1, 4]);
  });

  it("keeps the position of the first attempt over a snapshot", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.faults = { ...server.faults, busyBefore: 1 };
    ann.client.send("den", "late");
    await time.advance(20);
    say(3);
    ann.client.joinRoom("den"); // a snapshot: what is in it was not looked at entry by entry
    await time.advance(100);
    server.faults = { ...server.faults, busyBefore: 0 };
    await time.advance(60_000);

    expect(attempts().at(-1)?.position.seq).toBe(1);
    expect(server.texts("den")).toHaveLength(4);
  });

  it("moves no position over entries that only a snapshot has covered", async () => {
    const ann = await new Member(server, "ann").enter("den");
    await loseAnswer(() => ann.client.send("den", "once"));
    ann.client.close();
    say(60); // so many that the snapshot does not show what was written
    const reloaded = new Member(server, "ann", { outbox: ann.outbox });
    server.faults = { ...server.faults, busyBefore: 1 };
    await reloaded.enter("den");
    say(1); // an entry after the snapshot is looked at, those before it were not
    await time.advance(100);
    server.faults = { ...server.faults, busyBefore: 0 };
    await time.advance(60_000);

    expect(server.texts("den").filter((text) => text === "once")).toHaveLength(
      1,
    );
    expect(reloaded.client.outboxItems).toEqual([]);
  });

  it("after a reload, with the id and the position that were stored", async () => {
    const ann = await new Member(server, "ann").enter("den");
    await loseAnswer(() => ann.client.send("den", "once"));
    ann.client.close();
    say(5);

    const reloaded = new Member(server, "ann", { outbox: ann.outbox });
    await reloaded.enter("den");
    await time.advance(1_000);

    expect(attempts().map(({ position }) => position.seq)).toEqual([1, 1]);
    expect(ids()).toHaveLength(1);
    expect(server.texts("den").filter((text) => text === "once")).toHaveLength(
      1,
    );
    expect(reloaded.client.outboxItems).toEqual([]);
  });
});

describe("a position that is refused", () => {
  it("is moved by looking at every entry, and the message is said once", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.faults = { ...server.faults, busyBefore: 1 };
    ann.client.send("den", "late");
    await time.advance(6);
    ann.client.close();
    server.faults = { ...server.faults, busyBefore: 0 };
    say(600);
    const reloaded = await new Member(server, "ann", {
      outbox: ann.outbox,
    }).enter("den");
    await time.advance(5_000);

    expect(attempts().map(({ position }) => position.seq)).toEqual([1, 1, 601]);
    expect(ids()).toHaveLength(1);
    expect(server.texts("den").at(-1)).toBe("late");
    expect(reloaded.client.outboxItems).toEqual([]);
  });

  it("finds the message that was written after all", async () => {
    const ann = await new Member(server, "ann").enter("den");
    await loseAnswer(() => ann.client.send("den", "once"));
    ann.client.close();
    say(600);
    server.refusals.push({
      action: "sendMessage",
      code: "stale_position",
      retryable: true,
    });
    const reloaded = await new Member(server, "ann", {
      outbox: ann.outbox,
    }).enter("den");
    await time.advance(5_000);

    expect(server.texts("den").filter((text) => text === "once")).toHaveLength(
      1,
    );
    expect(attempts()).toHaveLength(2);
    expect(reloaded.client.outboxItems).toEqual([]);
  });

  it("leaves the person to decide when the entries to look at are gone", async () => {
    const ann = await new Member(server, "ann").enter("den");
    await loseAnswer(() => ann.client.send("den", "lost with the epoch"));
    server.room("den").epoch = "e2";
    server.room("den").log.length = 1;
    await time.advance(60_000);

    expect(ann.outboxStates()).toEqual({ "lost with the epoch": "unknown" });
    expect((await ann.outbox.load())[0]?.state).toBe("unknown");
    expect(server.texts("den")).toEqual([]);
  });

  it("leaves the person to decide when retention took the entries", async () => {
    const ann = await new Member(server, "ann").enter("den");
    await loseAnswer(() => ann.client.send("den", "long ago"));
    say(10);
    server.room("den").firstSeq = 8;
    await time.advance(60_000);

    expect(ann.outboxStates()).toEqual({ "long ago": "unknown" });
  });

  it("on the very first attempt proves that nothing was written: any newer one will do", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.refusals.push({
      action: "sendMessage",
      code: "stale_position",
      retryable: true,
    });
    ann.client.send("den", "fresh");
    await time.settle();
    server.room("den").epoch = "e2";
    await time.advance(60_000);

    expect(server.texts("den")).toEqual(["fresh"]);
    expect(attempts()[0]?.position.epoch).toBe("e1");
    expect(attempts().at(-1)?.position.epoch).toBe("e2");
  });
});

describe("a message that was given up", () => {
  it("fails for good when the server says so, and the next one goes", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.refusals.push({
      action: "sendMessage",
      code: "muted",
      retryable: false,
    });
    ann.client.send("den", "refused");
    ann.client.send("den", "next");
    await time.advance(60_000);

    expect(ann.client.outboxItems).toMatchObject([
      {
        text: "refused",
        state: "failed",
        failure: { code: "muted", message: "It is muted." },
      },
    ]);
    expect(attempts()).toHaveLength(2);
    expect(server.texts("den")).toEqual(["next"]);
  });

  it("goes again with a new id when the person says so", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.refusals.push({
      action: "sendMessage",
      code: "muted",
      retryable: false,
    });
    const first = ann.client.send("den", "again", { replyTo: 1 });
    await time.advance(100);

    const second = ann.client.retry(first.clientMessageId);
    await time.advance(100);

    expect(second).toMatchObject({
      text: "again",
      replyTo: 1,
      state: "pending",
    });
    expect(second?.clientMessageId).not.toBe(first.clientMessageId);
    expect(server.texts("den")).toEqual(["again"]);
    expect(ann.client.outboxItems).toEqual([]);
    expect(ann.client.retry(first.clientMessageId)).toBeUndefined();
  });

  it("can be discarded, but not while it is on its way", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.refusals.push({
      action: "sendMessage",
      code: "muted",
      retryable: false,
    });
    const { clientMessageId } = ann.client.send("den", "oops");
    await time.settle();
    expect(ann.client.discard(clientMessageId)).toBe(false);

    await time.advance(100);
    expect(ann.client.discard(clientMessageId)).toBe(true);
    expect(ann.client.outboxItems).toEqual([]);
    await time.settle();
    expect(await ann.outbox.load()).toEqual([]);
  });

  it("was attempted more than 24 h ago: nobody knows", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.faults = { ...server.faults, busyBefore: 1 };
    ann.client.send("den", "yesterday");
    await time.advance(100);
    ann.client.close();
    await time.advance(23 * HOUR_MS);
    await ann.enter("den");
    expect(ann.outboxStates()).toEqual({ yesterday: "sending" }); // the control: not yet
    await time.advance(HOUR_MS);
    server.faults = { ...server.faults, busyBefore: 0 };
    await time.advance(HOUR_MS);

    expect(ann.outboxStates()).toEqual({ yesterday: "unknown" });
    expect(server.texts("den")).toEqual([]);
  });

  it("becomes sent when it is seen in the log all the same", async () => {
    const unknown: OutboxItem = {
      clientMessageId: "ann-said-it-long-ago-somewhere",
      roomId: "den",
      text: "there after all",
      state: "unknown",
      createdAt: 1,
    };
    const outbox = new MemoryOutbox("ann");
    await outbox.put(unknown);
    server.room("den").log.push({
      kind: "messageSent",
      seq: 2,
      by: "ann",
      at: 1,
      text: unknown.text,
      clientMessageId: unknown.clientMessageId,
      number: 1,
      attachments: [],
    });
    const ann = await new Member(server, "ann", { outbox }).enter("den");

    expect(ann.client.outboxItems).toEqual([]);
  });

  it("is not settled by somebody else who uses its id", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.faults = { ...server.faults, busyBefore: 1 };
    const { clientMessageId } = ann.client.send("den", "mine");
    await time.advance(20);
    const forged = { ...server.say("den", "eve", "forged"), clientMessageId };
    server.room("den").log[1] = forged;
    const frame = {
      type: "events",
      roomId: "den",
      epoch: "e1",
      events: [forged],
      users: {},
    };
    server.line("ann").deliver(JSON.stringify(frame));
    expect(ann.texts("den")).toEqual(["forged"]);
    expect(ann.outboxStates()).toEqual({ mine: "sending" });

    server.faults = { ...server.faults, busyBefore: 0 };
    await time.advance(60_000);
    expect(server.texts("den")).toEqual(["forged", "mine"]);
  });
});

describe("two tabs", () => {
  it("have one that drains, and the other takes over when it closes", async () => {
    const locks = new FakeLocks();
    const outbox = new MemoryOutbox("ann");
    const first = await new Member(server, "ann", { locks, outbox }).enter(
      "den",
    );
    const second = await new Member(server, "ann", { locks, outbox }).enter(
      "den",
    );

    second.client.send("den", "from the second tab");
    await time.advance(1_000);
    expect(attempts()).toEqual([]);

    first.client.close();
    await time.advance(1_000);
    expect(server.texts("den")).toEqual(["from the second tab"]);
    expect(second.client.outboxItems).toEqual([]);
  });
});

describe("a storage that fails", () => {
  class BrokenOutbox extends MemoryOutbox {
    isBroken = true;
    override async put(item: OutboxItem): Promise<void> {
      if (this.isBroken) throw new Error("no room left");
      return super.put(item);
    }
  }

  it("from the start keeps nobody from speaking", async () => {
    const ann = await new Member(server, "ann", {
      outbox: new BrokenOutbox(),
    }).enter("den");
    ann.client.send("den", "all the same");
    await time.advance(100);

    expect(server.texts("den")).toEqual(["all the same"]);
  });

  it("after it has held the message holds the first frame back", async () => {
    const outbox = new BrokenOutbox();
    outbox.isBroken = false;
    const ann = new Member(server, "ann", { outbox });
    ann.client.send("den", "held");
    await time.settle();
    outbox.isBroken = true;
    await ann.enter("den");
    await time.advance(60_000);
    expect(attempts()).toEqual([]);

    outbox.isBroken = false;
    await time.advance(60_000);
    expect(server.texts("den")).toEqual(["held"]);
  });
});
