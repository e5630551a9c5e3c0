import { describe, expect, it } from "vitest";

import { seededRandom } from "../testing/fakeTime.js";
import type { RoomEvent } from "./frames.js";
import { MAX_BUFFERED, RoomLog } from "./roomLog.js";

const entry = (seq: number): RoomEvent => ({
  kind: "memberJoined",
  seq,
  by: "ann",
  at: 0,
  userId: "ann",
});
const entries = (...seqs: number[]) => seqs.map(entry);
const taken = (log: RoomLog, ...seqs: number[]) =>
  log.take(entries(...seqs)).events.map(({ seq }) => seq);

describe("RoomLog", () => {
  it("lets the next entry through, and says where it began", () => {
    const log = new RoomLog({ epoch: "e1", seq: 4 });

    expect(log.take(entries(5, 6))).toMatchObject({
      from: 4,
      events: [{ seq: 5 }, { seq: 6 }],
    });
    expect(log.position).toEqual({ epoch: "e1", seq: 6 });
  });

  it("drops what is applied already", () => {
    const log = new RoomLog({ epoch: "e1", seq: 4 });

    expect(taken(log, 3, 4, 4)).toEqual([]);
    expect(log.hasHole).toBe(false);
  });

  it("keeps what is beyond a hole until the hole is filled", () => {
    const log = new RoomLog({ epoch: "e1", seq: 1 });

    expect(taken(log, 4, 3)).toEqual([]);
    expect(log.hasHole).toBe(true);
    expect(taken(log, 2)).toEqual([2, 3, 4]);
    expect(log.hasHole).toBe(false);
  });

  it("keeps at most 500 entries beyond a hole", () => {
    const log = new RoomLog({ epoch: "e1", seq: 0 });
    const far = Array.from(
      { length: MAX_BUFFERED + 50 },
      (_, index) => index + 2,
    );

    taken(log, ...far);

    expect(taken(log, 1)).toHaveLength(MAX_BUFFERED + 1);
  });

  it.each([1, 2, 3])(
    "gives every entry once, in order, whatever comes (seed %i)",
    (seed) => {
      const random = seededRandom(seed);
      const log = new RoomLog({ epoch: "e1", seq: 0 });
      const given: number[] = [];
      while (given.length < 200) {
        const near = log.applied + Math.floor(random() * 8) - 3;
        given.push(...taken(log, ...(near > 0 ? [near] : [])));
      }

      expect(given).toEqual(given.map((_, index) => index + 1));
    },
  );
});
