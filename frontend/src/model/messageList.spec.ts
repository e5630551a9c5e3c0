import type { OutboxItem } from "@teahouse/client";
import { describe, expect, it } from "vitest";

import type { RoomEvent } from "../protocol/frames";
import { ann, ben, NOON, page, said } from "../testing/cast";
import { keyOf, listEntries, mergeMessages } from "./messageList";
import { applyEvents, messageOf, startFrom, type Passing } from "./roomState";

const me = { id: "ann", roomId: "den" };
const messages = (...seqs: number[]) =>
  seqs.map((seq) => messageOf(said(seq, ann, `${seq}`)));
const seqsOf = (list: readonly { seq: number }[]) => list.map(({ seq }) => seq);

const item = (id: string, more: Partial<OutboxItem> = {}): OutboxItem => ({
  clientMessageId: id,
  roomId: "den",
  text: id,
  state: "sending",
  createdAt: NOON,
  ...more,
});

describe("mergeMessages", () => {
  it("orders by seq and repeats nothing, whatever overlaps", () => {
    expect(seqsOf(mergeMessages(messages(1, 3, 5), messages(2, 3, 6)))).toEqual(
      [1, 2, 3, 5, 6],
    );
    expect(seqsOf(mergeMessages([], messages(1)))).toEqual([1]);
    expect(seqsOf(mergeMessages(messages(1), []))).toEqual([1]);
  });

  it("keeps the one that more entries have changed", () => {
    const [old] = messages(2);
    const changed = { ...old!, text: "changed", changedSeq: 9 };

    expect(mergeMessages([changed], [old!])).toEqual([changed]);
    expect(mergeMessages([old!], [changed])).toEqual([changed]);
  });
});

describe("listEntries", () => {
  it("puts messages and notices by seq, then what is on its way", () => {
    const joined: RoomEvent = {
      seq: 3,
      kind: "memberJoined",
      by: "ben",
      at: NOON,
      userId: "ben",
    };
    const state = applyEvents(startFrom(page(2, said(2, ann, "two"))), [
      joined,
      said(4, ben, "four"),
    ]);

    const entries = listEntries(state, [item("new"), item("newer")], me);

    expect(entries.map(({ key }) => key)).toEqual([
      "own-ann-2",
      "seq-3",
      "seq-4",
      "own-new",
      "own-newer",
    ]);
  });

  it("shows one's own message once, in a row that stays", () => {
    const echo = listEntries(startFrom(page(1)), [item("ann-2")], me);
    const both = listEntries(
      startFrom(page(2, said(2, ann, "ann-2"))),
      [item("ann-2", { state: "sent", seq: 2 })],
      me,
    );

    expect(echo).toMatchObject([{ key: "own-ann-2", state: "sending" }]);
    expect(both).toMatchObject([{ key: "own-ann-2", state: "sent", seq: 2 }]);
  });

  it("lets nobody else take the place of one's own message", () => {
    const forged = { ...said(2, ben, "forged"), clientMessageId: "mine" };
    const entries = listEntries(startFrom(page(2, forged)), [item("mine")], me);

    expect(entries.map(({ key }) => key)).toEqual(["seq-2", "own-mine"]);
  });

  it("shows what stays as it is as the same, so that its row need not change", () => {
    const before = startFrom(page(3, said(2, ann, "one"), said(3, ben, "two")));
    const after = applyEvents(before, [
      {
        kind: "messageEdited",
        seq: 4,
        by: "ben",
        at: NOON,
        target: 3,
        text: "2",
        version: 2,
      },
      said(5, ann, "three"),
    ]);

    const [one, two] = listEntries(before, [], me);
    const [oneAfter, twoAfter] = listEntries(after, [], me);

    expect(oneAfter).toBe(one);
    expect(twoAfter).not.toBe(two); // the control: it reads otherwise now
  });

  it("tells of who came and went after what was said then", () => {
    const state = startFrom(page(3, said(2, ann, "one"), said(3, ben, "two")));
    const passing: Passing = {
      key: "p1",
      what: "entered",
      seq: 2,
      by: "ben",
      subject: "ben",
      at: NOON,
      count: 2,
    };

    const entries = listEntries(state, [], me, [passing]);
    const further = { ...state, isLive: false };

    expect(entries.map(({ key }) => key)).toEqual(["own-ann-2", "p1", "seq-3"]);
    expect(listEntries(further, [], me, [passing])).toHaveLength(2);
  });

  it("leaves other rooms' messages out", () => {
    const elsewhere = item("elsewhere", { roomId: "hut" });

    expect(listEntries(startFrom(page(1)), [elsewhere], me)).toEqual([]);
  });

  it("shows why a message failed, and what was edited or deleted", () => {
    const failed = item("failed", {
      state: "failed",
      failure: { code: "muted", message: "" },
    });
    const [message] = messages(2);
    const changed = { ...message!, editedAt: NOON, deleted: true };
    const state = startFrom({ ...page(2), messages: [changed] });

    expect(listEntries(state, [failed], me)).toMatchObject([
      { isEdited: true, isDeleted: true },
      { state: "failed", refusal: "muted" },
    ]);
  });
});

it("names rows of messages without a client message id by their seq", () => {
  const message = messageOf(said(2, ann, "hi"));
  delete message.clientMessageId;

  expect(keyOf(message, "ann")).toBe("seq-2");
});
