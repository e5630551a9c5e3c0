import type { MessagesPage } from "@teahouse/client";
import { describe, expect, it } from "vitest";

import { EVENT_KINDS, type Message, type RoomEvent } from "../protocol/frames";
import { ann, ben, page, said } from "../testing/cast";
import { changeMessages, isChange } from "./changes";
import {
  addNotices,
  appendPage,
  applyEvent,
  applyEvents,
  hasOlder,
  messageOf,
  oldestSeq,
  prependPage,
  startAround,
  startFrom,
  trim,
} from "./roomState";

const opened: RoomEvent = {
  seq: 1,
  kind: "roomOpened",
  by: "ann",
  at: 0,
  name: "The den",
};
const joined = (seq: number): RoomEvent => ({
  seq,
  kind: "memberJoined",
  by: "ben",
  at: 0,
  userId: "ben",
});

/** The page a server answers for this log, as the log stood. */
function snapshotOf(log: readonly RoomEvent[], limit = Infinity): MessagesPage {
  const messages = log
    .filter((event) => event.kind === "messageSent")
    .map(messageOf)
    .slice(-limit);
  return { epoch: "e1", head: log.length, messages, users: {} };
}

describe("a room", () => {
  it("begins with the newest page", () => {
    const state = startFrom(page(3, said(2, ann, "hi"), said(3, ben, "ho")));

    expect(state).toMatchObject({ epoch: "e1", applied: 3, notices: [] });
    expect(state.messages.map(({ text }) => text)).toEqual(["hi", "ho"]);
    expect(state.users).toEqual({ ann, ben });
  });

  it("takes what comes after, with the people it mentions", () => {
    const state = applyEvents(
      startFrom(page(1)),
      [said(2, ann, "hi"), said(3, ben, "ho")],
      { ben },
    );

    expect(state.applied).toBe(3);
    expect(state.messages.map(({ seq }) => seq)).toEqual([2, 3]);
    expect(state.users).toMatchObject({ ben });
  });

  it("is not changed by what is in it already", () => {
    const state = startFrom(page(3, said(2, ann, "hi"), said(3, ben, "ho")));

    expect(applyEvent(state, said(3, ben, "ho"))).toBe(state);
  });

  it("is never changed in place", () => {
    const state = startFrom(page(2, said(2, ann, "hi")));
    const before = structuredClone(state);
    applyEvents(state, [said(3, ben, "ho"), joined(4)], { ben });
    prependPage(state, page(2, said(1, ann, "older")));

    expect(state).toEqual(before);
  });

  it("is moved on by kinds it does not know, and shows nothing of them", () => {
    const lantern = { seq: 2, kind: "lanternLit", by: "ben", at: 0 };
    const state = applyEvents(startFrom(page(1)), [
      lantern as unknown as RoomEvent,
      said(3, ann, "after it"),
    ]);

    expect(state.applied).toBe(3);
    expect(state.messages).toHaveLength(1);
    expect(state.notices).toEqual([]);
  });

  it("tells who came, left or was removed, and by whom", () => {
    const state = applyEvents(startFrom(page(0)), [
      opened,
      joined(2),
      { seq: 3, kind: "memberLeft", by: "ben", at: 0, userId: "ben" },
      { seq: 4, kind: "memberRemoved", by: "ann", at: 0, userId: "cleo" },
    ]);

    expect(
      state.notices.map(({ what, by, subject }) => [what, by, subject]),
    ).toEqual([
      ["roomOpened", "ann", "ann"],
      ["memberJoined", "ben", "ben"],
      ["memberLeft", "ben", "ben"],
      ["memberRemoved", "ann", "cleo"],
    ]);
  });

  it("keeps whom a message answers", () => {
    const reply = { ...said(3, ann, "yes"), replyTo: 2 };

    expect(messageOf(reply).replyTo).toBe(2);
    expect("replyTo" in messageOf(said(3, ann, "no"))).toBe(false);
  });
});

describe("an older page", () => {
  it("goes before what is shown", () => {
    const newest = startFrom(page(5, said(4, ann, "c"), said(5, ben, "d")));
    const state = prependPage(
      newest,
      page(5, said(2, ann, "a"), said(3, ben, "b")),
    );

    expect(state.messages.map(({ text }) => text)).toEqual([
      "a",
      "b",
      "c",
      "d",
    ]);
    expect(oldestSeq(newest)).toBe(4);
    expect(oldestSeq(state)).toBe(2);
    expect(state.applied).toBe(5);
  });

  it("is the last one when it holds the room's first message", () => {
    const newest = startFrom(page(5, said(4, ann, "c"), said(5, ben, "d")));
    expect(hasOlder(newest)).toBe(true);

    expect(hasOlder(prependPage(newest, page(5, said(3, ann, "b"))))).toBe(
      true,
    );
    expect(hasOlder(prependPage(newest, page(5, said(2, ann, "a"))))).toBe(
      false,
    );
    expect(hasOlder(prependPage(newest, page(5)))).toBe(false);
  });

  it("does not undo what was changed since", () => {
    const edited = {
      ...messageOf(said(2, ann, "new words")),
      changedSeq: 4,
      version: 2,
    };
    const state = startFrom({ ...page(4), messages: [edited] });

    expect(
      prependPage(state, page(3, said(2, ann, "old words"))).messages,
    ).toEqual([edited]);
  });
});

describe("a window further up", () => {
  const log = Array.from({ length: 12 }, (_, index) =>
    said(index + 1, index % 2 ? ann : ben, `${index + 1}`),
  );
  const middle = startAround(page(12, ...log.slice(4, 6)));

  it("shows nothing of what comes in", () => {
    const state = applyEvent(middle, said(13, ann, "new"));

    expect(state.applied).toBe(13);
    expect(state.messages).toBe(middle.messages);
  });

  it("is live once a page reaches the newest message, with what came in meanwhile", () => {
    const longer = appendPage(middle, page(12, ...log.slice(6, 9)), []);
    expect(longer.isLive).toBe(false);

    const heard = applyEvent(longer, said(13, ann, "13"));
    const live = appendPage(heard, page(12, ...log.slice(9)), [
      said(13, ann, "13"),
    ]);
    expect(live).toMatchObject({ isLive: true, applied: 13 });
    expect(live.messages.map(({ seq }) => seq)).toEqual([
      5, 6, 7, 8, 9, 10, 11, 12, 13,
    ]);
  });

  it("stays as it is when what came in meanwhile is not known whole", () => {
    const heard = { ...middle, applied: 15 };

    const state = appendPage(heard, page(12, ...log.slice(6)), [
      said(15, ann, "15"),
    ]);
    expect(state.isLive).toBe(false);
  });

  it("is cut at the end that is not read", () => {
    const whole = startFrom(page(12, ...log));

    expect(trim(whole, 5, "newest")).toMatchObject({
      isLive: true,
      isWhole: false,
    });
    expect(trim(whole, 5, "newest").messages.map(({ seq }) => seq)).toEqual([
      8, 9, 10, 11, 12,
    ]);
    expect(trim(whole, 5, "oldest")).toMatchObject({ isLive: false });
    expect(oldestSeq(trim(whole, 5, "oldest"))).toBe(1);
    expect(trim(whole, 12, "oldest")).toBe(whole);
  });

  it("takes notices of its own stretch only, each once", () => {
    const events = [joined(3), joined(5), joined(9)];

    const state = addNotices(middle, events, { ben });
    expect(state.notices.map(({ seq }) => seq)).toEqual([5]);
    expect(addNotices(state, events, {})).toBe(state);
  });
});

describe("replay and snapshot", () => {
  const MAKERS: Record<string, (seq: number, draw: Draw) => RoomEvent> = {
    roomOpened: (seq) => ({ ...opened, seq }),
    messageSent: (seq, { by }) => said(seq, by, `${seq}`),
    messageEdited: (seq, { by, target }) => ({
      ...{ seq, kind: "messageEdited", by: by.id, at: seq },
      ...{ target, text: `edited at ${seq}`, version: seq },
    }),
    messageDeleted: (seq, { by, target }) => ({
      ...{ seq, kind: "messageDeleted", by: by.id, at: seq, target },
    }),
    reactionAdded: (seq, { by, target }) => ({
      ...{
        seq,
        kind: "reactionAdded",
        by: by.id,
        at: seq,
        target,
        emoji: "🍵",
      },
    }),
    reactionRemoved: (seq, { by, target }) => ({
      ...{ seq, kind: "reactionRemoved", by: by.id, at: seq },
      ...{ target, emoji: "🍵" },
    }),
    memberJoined: joined,
  };
  const kinds = [...EVENT_KINDS, "lanternLit"];
  /** What changes no message is of no account here, of a newer server too. */
  const noteOf = (kind: string, seq: number) =>
    ({ ...joined(seq), kind }) as unknown as RoomEvent;

  /** Who does it, and to which message. */
  interface Draw {
    by: typeof ann;
    target: number;
  }

  /** The page a server answers for this log: every message with what became of it. */
  function asItStands(log: readonly RoomEvent[]): MessagesPage {
    const sent = snapshotOf(log);
    const messages = log
      .filter(isChange)
      .reduce(
        (shown, event) => changeMessages(shown, event, ann.id),
        sent.messages as readonly Message[],
      );
    return { ...sent, messages: [...messages] };
  }

  it.each(Array.from({ length: 50 }, (_, index) => index + 1))(
    "are the same from every place in the log (seed %i)",
    (seed) => {
      const random = seeded(seed);
      let number = 0;
      const sent: number[] = [];
      const log = Array.from({ length: 60 }, (_, index) => {
        const kind = kinds[Math.floor(random() * kinds.length)]!;
        const draw = {
          by: random() < 0.5 ? ann : ben,
          target: sent[Math.floor(random() * sent.length)] ?? 0,
        };
        const event =
          MAKERS[kind]?.(index + 1, draw) ?? noteOf(kind, index + 1);
        if (event.kind !== "messageSent") return event;
        sent.push(event.seq);
        return { ...event, number: ++number };
      });
      const whole = startFrom(asItStands(log), ann.id);

      for (let cut = 0; cut <= log.length; cut += 1) {
        const early = startFrom(asItStands(log.slice(0, cut)), ann.id);
        const replayed = log.slice(cut).reduce(applyEvent, early);
        expect(replayed.messages).toEqual(whole.messages);
        expect(replayed.applied).toBe(whole.applied);
      }
    },
  );

  /** A linear congruential generator; good enough to draw kinds. */
  function seeded(seed: number): () => number {
    let state = seed;
    return () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
  }
});
