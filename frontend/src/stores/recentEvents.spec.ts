import { expect, test } from "vitest";

import type { RoomEvent } from "../protocol/frames";
import { ann, ben } from "../testing/cast";
import { RECENT_EVENTS, recentEvents } from "./recentEvents";

const said = (seq: number) => ({ seq }) as RoomEvent;
const seqs = (events: readonly RoomEvent[]) => events.map(({ seq }) => seq);

test("each room has its own, in order, with all who are named", () => {
  const recent = recentEvents();

  recent.add("den", { events: [said(1)], users: { ann } });
  recent.add("den", { events: [said(2), said(3)], users: { ben } });

  expect(seqs(recent.of("den").events)).toEqual([1, 2, 3]);
  expect(recent.of("den").users).toEqual({ ann, ben });
  expect(recent.of("attic")).toEqual({ events: [], users: {} });
});

test("the oldest go first", () => {
  const recent = recentEvents();
  const many = Array.from({ length: RECENT_EVENTS }, (_, seq) => said(seq));

  recent.add("den", { events: many, users: {} });
  recent.add("den", { events: [said(RECENT_EVENTS)], users: {} });

  expect(recent.of("den").events).toHaveLength(RECENT_EVENTS);
  expect(recent.of("den").events[0]?.seq).toBe(1);
});

test("a room is forgotten, or all", () => {
  const recent = recentEvents();
  for (const room of ["den", "attic"])
    recent.add(room, { events: [said(1)], users: {} });

  recent.forget("den");
  expect(seqs(recent.of("den").events)).toEqual([]);
  expect(seqs(recent.of("attic").events)).toEqual([1]);

  recent.forgetAll();
  expect(seqs(recent.of("attic").events)).toEqual([]);
});
