// How far has this person read, and when does the server hear of it?

import type { TimerHandle, Timers } from "./ports.js";

/** A room's read position travels at most once in this time. */
const INTERVAL_MS = 2_000;

interface Mark {
  seq: number;
  /** Up to where the server was told. */
  told: number;
  timer: TimerHandle | undefined;
}

/** Read positions only grow; each room's newest one is told, not every one. */
export class ReadMarks {
  readonly #marks = new Map<string, Mark>();

  constructor(
    private readonly timers: Timers,
    /** Tells the server; false when there is no line. */
    private readonly tell: (roomId: string, seq: number) => boolean,
  ) {}

  mark(roomId: string, seq: number): void {
    const mark = this.#marks.get(roomId) ?? {
      seq: 0,
      told: 0,
      timer: undefined,
    };
    this.#marks.set(roomId, mark);
    mark.seq = Math.max(mark.seq, seq);
    if (mark.timer === undefined) this.#tell(roomId, mark);
  }

  /** A new line is there: what was not heard is said again, and what was is said twice harmlessly. */
  tellAgain(): void {
    for (const [roomId, mark] of this.#marks) {
      mark.told = 0;
      if (mark.timer === undefined) this.#tell(roomId, mark);
    }
  }

  clear(): void {
    for (const { timer } of this.#marks.values())
      this.timers.clearTimeout(timer);
    this.#marks.clear();
  }

  #tell(roomId: string, mark: Mark): void {
    if (mark.seq <= mark.told || !this.tell(roomId, mark.seq)) return;
    mark.told = mark.seq;
    mark.timer = this.timers.setTimeout(() => {
      mark.timer = undefined;
      this.#tell(roomId, mark);
    }, INTERVAL_MS);
  }
}
