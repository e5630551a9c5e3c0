import { describe, expect, it } from "vitest";

import type { RoomEvent } from "../protocol/frames";
import { ann, ben, den, NOON, said } from "../testing/cast";
import { hear, listed, read, unreadIn } from "./unread";

const reader = { myId: "ann", byName: "小本" };
const joined = (seq: number, kind: RoomEvent["kind"] = "memberJoined") =>
  ({ seq, kind, by: "ben", at: NOON, userId: "ben" }) as RoomEvent;

describe("hear", () => {
  it("counts what others say, and shows the newest", () => {
    const heard = [said(2, ben, "tea?"), said(3, ben, "hello?")].reduce(
      (room, event) => hear(room, event, reader),
      den,
    );

    expect(heard).toMatchObject({
      head: 3,
      unread: 2,
      readSeq: 1,
      lastMessage: { seq: 3, byName: "小本", text: "hello?", sentAt: NOON },
    });
  });

  it("takes one's own words for a sign that all before them was read", () => {
    const room = hear(den, said(2, ben, "tea?"), reader);

    expect(hear(room, said(3, ann, "yes"), reader)).toMatchObject({
      unread: 0,
      readSeq: 3,
    });
  });

  it("does not count again what was read before it was heard", () => {
    const room = { ...den, readSeq: 2 };

    expect(hear(room, said(2, ben, "seen"), reader).unread).toBe(0);
    expect(hear(room, said(3, ben, "new"), reader).unread).toBe(1);
  });

  it("takes a new name, a new role, a mute and an end as they are told", () => {
    const entry = (seq: number, more: object) =>
      ({ seq, by: "ben", at: NOON, ...more }) as RoomEvent;
    const told = [
      entry(2, {
        ...{ kind: "roomChanged", name: "Hut", avatar: "a-picture" },
        roomKind: "public",
      }),
      entry(3, { kind: "roleChanged", userId: "ann", role: "moderator" }),
      entry(4, { kind: "roleChanged", userId: "ben", role: "owner" }),
      entry(5, { kind: "memberMuted", userId: "ann", until: 7 }),
      entry(6, { kind: "memberBanned", userId: "cleo" }),
    ];
    const room = told.reduce((known, event) => hear(known, event, reader), den);

    expect(room).toMatchObject({
      ...{ name: "Hut", description: "", kind: "public", role: "moderator" },
      ...{ mutedUntil: 7, memberCount: 1, avatarUrl: "/media/a-picture" },
    });
    const later = [
      entry(7, { kind: "memberMuted", userId: "ann" }),
      entry(8, { kind: "roomClosed" }),
    ].reduce((known, event) => hear(known, event, reader), room);
    expect(later.mutedUntil).toBeUndefined();
    expect(later.closedAt).toBe(NOON);
  });

  it("passes over what the room knows already", () => {
    expect(
      hear({ ...den, head: 5 }, said(5, ben, "old"), reader),
    ).toMatchObject({ unread: 0, head: 5 });
  });

  it("counts who comes and goes, from where the server's number stands", () => {
    const room = { ...den, memberCount: 3, countedSeq: 2 };

    expect(hear(room, joined(2), reader).memberCount).toBe(3);
    expect(hear(room, joined(3), reader)).toMatchObject({
      memberCount: 4,
      countedSeq: 3,
    });
    expect(hear(room, joined(3, "memberLeft"), reader).memberCount).toBe(2);
    expect(hear(room, joined(3, "memberRemoved"), reader).memberCount).toBe(2);
  });

  it("moves on over kinds it does not know", () => {
    const lantern = joined(2, "lanternLit" as RoomEvent["kind"]);

    expect(hear(den, lantern, reader)).toEqual({ ...den, head: 2 });
  });
});

describe("read", () => {
  it("only moves on", () => {
    const room = { ...den, readSeq: 4, unread: 2 };

    expect(read(room, 3)).toBe(room);
    expect(read(room, 4, 1)).toMatchObject({ readSeq: 4, unread: 1 });
    expect(read(room, 4, 2)).toBe(room);
    expect(read(room, 6)).toMatchObject({ readSeq: 6, unread: 0 });
  });
});

describe("listed", () => {
  it("takes the server's word for a room that is new, or further there", () => {
    expect(listed(undefined, den)).toBe(den);
    expect(listed(den, { ...den, head: 9, unread: 3 })).toMatchObject({
      head: 9,
      unread: 3,
    });
  });

  it("keeps what was heard since, where the list lags", () => {
    const known = { ...hear(den, said(2, ben, "tea?"), reader), name: "Old" };

    expect(listed(known, { ...den, name: "New" })).toMatchObject({
      name: "New",
      head: 2,
      unread: 1,
      lastMessage: { text: "tea?" },
    });
  });

  it("keeps what was read here, where the list was made before", () => {
    const known = { ...den, head: 5, readSeq: 5, unread: 0 };

    expect(listed(known, { ...den, head: 5, unread: 4 })).toMatchObject({
      readSeq: 5,
      unread: 0,
    });
    expect(listed(known, { ...den, head: 7, unread: 6 })).toMatchObject({
      head: 7,
      readSeq: 5,
    });
  });

  it("takes what another device has read meanwhile", () => {
    const known = { ...den, head: 5, unread: 4 };

    expect(
      listed(known, { ...den, head: 5, readSeq: 5, unread: 0 }),
    ).toMatchObject({ readSeq: 5, unread: 0 });
    // The control: nobody has read it, so it stays unread.
    expect(listed(known, { ...den, head: 5, unread: 4 }).unread).toBe(4);
  });

  it("keeps the newer count of members", () => {
    const known = { ...den, head: 9, memberCount: 7, countedSeq: 8 };

    expect(listed(known, den)).toMatchObject({ memberCount: 7, countedSeq: 8 });
    expect(
      listed(known, { ...den, memberCount: 5, countedSeq: 9 }),
    ).toMatchObject({ memberCount: 5, countedSeq: 9 });
  });

  it("starts afresh in another epoch", () => {
    const restored = { ...den, epoch: "e2" };

    expect(listed({ ...den, head: 99, unread: 4 }, restored)).toBe(restored);
  });
});

it("counts what is unread in all rooms", () => {
  expect(unreadIn([{ ...den, unread: 2 }, den, { ...den, unread: 3 }])).toBe(5);
});
