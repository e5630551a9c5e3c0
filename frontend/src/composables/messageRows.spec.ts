import { expect, test } from "vitest";

import type { ShownEntry } from "../model/messageList";
import { MINUTE_MS, NOON } from "../testing/cast";
import { layOutRows, type MessageRow } from "./messageRows";

const DAY_MS = 24 * 60 * MINUTE_MS;

test("messages of one author within five minutes form a group", () => {
  const rows = layOutRows([
    message(2, "ann", NOON),
    message(3, "ann", NOON + 5 * MINUTE_MS),
    message(4, "ann", NOON + 10 * MINUTE_MS + 1),
    message(5, "ben", NOON + 10 * MINUTE_MS + 2),
  ]);

  expect(groups(rows)).toEqual(["first", "last", "first last", "first last"]);
});

test("a day stands before its first message, and ends a group", () => {
  const midnight = new Date(2026, 10, 21).getTime();
  const rows = layOutRows([
    message(2, "ann", midnight - MINUTE_MS),
    message(3, "ann", midnight + MINUTE_MS),
    message(4, "ann", midnight + DAY_MS),
  ]);

  expect(rows.map((row) => row.kind)).toEqual([
    "day",
    "message",
    "day",
    "message",
    "day",
    "message",
  ]);
  expect(groups(rows)).toEqual(["first last", "first last", "first last"]);
});

test("the mark of what is new stands once, after what was read", () => {
  const entries = [2, 3, 4].map((seq) => message(seq, "ann", NOON));

  expect(kinds(layOutRows(entries, 2))).toBe("day message new message message");
  expect(kinds(layOutRows(entries, 4))).toBe("day message message message");
  expect(kinds(layOutRows(entries))).toBe("day message message message");
});

test("one's own unsent message brings no mark", () => {
  const echo: ShownEntry = {
    ...message(9, "ann", NOON),
    state: "sending",
  };
  delete echo.seq;

  expect(kinds(layOutRows([message(2, "ben", NOON), echo], 2))).toBe(
    "day message message",
  );
});

test("people who come and go one after the other share a line", () => {
  const rows = layOutRows([
    notice(2, "memberJoined"),
    notice(3, "memberJoined"),
    notice(4, "memberLeft"),
    message(5, "ann", NOON),
    notice(6, "memberJoined"),
  ]);

  expect(
    rows.flatMap((row) => (row.kind === "notices" ? row.notices.length : [])),
  ).toEqual([3, 1]);
});

test("every row has a name of its own", () => {
  const rows = layOutRows(
    [notice(2, "memberJoined"), message(3, "ann", NOON)],
    1,
  );

  const keys = rows.map((row) => row.key);
  expect(new Set(keys).size).toBe(keys.length);
});

function message(
  seq: number,
  by: string,
  at: number,
): Extract<ShownEntry, { kind: "message" }> {
  return {
    kind: "message",
    key: `seq-${seq}`,
    seq,
    by,
    text: "…",
    at,
    state: "sent",
    version: 1,
    reactions: [],
    pictures: [],
  };
}

function notice(
  seq: number,
  what: "memberJoined" | "memberLeft",
): Extract<ShownEntry, { kind: "notice" }> {
  const by = `user-${seq}`;
  return {
    kind: "notice",
    key: `seq-${seq}`,
    seq,
    what,
    by,
    subject: by,
    at: NOON,
  };
}

function kinds(rows: readonly MessageRow[]): string {
  return rows.map((row) => row.kind).join(" ");
}

function groups(rows: readonly MessageRow[]): string[] {
  return rows.flatMap((row) =>
    row.kind === "message"
      ? [row.isFirst && "first", row.isLast && "last"].filter(Boolean).join(" ")
      : [],
  );
}
