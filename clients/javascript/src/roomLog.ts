// Which entries of a room may be applied now?

import type { Position, RoomEvent } from "./frames.js";

/** Entries beyond a hole are kept up to here; what is dropped is fetched again. */
export const MAX_BUFFERED = 500;

/** What `take` let through: the entries after `from`, without a hole. */
export interface Run {
  from: number;
  events: RoomEvent[];
}

/** How far one room is applied, and what waits beyond a hole. No I/O. */
export class RoomLog {
  readonly epoch: string;
  #applied: number;
  readonly #buffer = new Map<number, RoomEvent>();

  constructor(position: Position) {
    this.epoch = position.epoch;
    this.#applied = position.seq;
  }

  /** Every entry up to here is applied. */
  get applied(): number {
    return this.#applied;
  }

  get position(): Position {
    return { epoch: this.epoch, seq: this.#applied };
  }

  /** Whether entries wait that cannot be applied yet. */
  get hasHole(): boolean {
    return this.#buffer.size > 0;
  }

  /** Take entries of this epoch in any order, with repeats; give those whose turn it is. */
  take(events: Iterable<RoomEvent>): Run {
    const run: Run = { from: this.#applied, events: [] };
    for (const event of events) {
      if (event.seq === this.#applied + 1) this.#apply(event, run);
      else if (event.seq > this.#applied) this.#keep(event);
    }
    return run;
  }

  #apply(event: RoomEvent, run: Run): void {
    let next: RoomEvent | undefined = event;
    while (next) {
      run.events.push(next);
      this.#applied = next.seq;
      this.#buffer.delete(next.seq);
      next = this.#buffer.get(this.#applied + 1);
    }
  }

  #keep(event: RoomEvent): void {
    if (this.#buffer.size < MAX_BUFFERED) this.#buffer.set(event.seq, event);
  }
}
