// What time is it in a test? It moves when it is told to.

import type { Timers } from "../src/ports.js";

interface Timer {
  at: number;
  order: number;
  callback: () => void;
}

/** A clock and its timers; nothing sleeps. */
export class FakeTime implements Timers {
  now = 1_700_000_000_000;
  readonly #timers = new Map<number, Timer>();
  #order = 0;

  readonly clock = (): number => this.now;

  setTimeout(callback: () => void, ms: number): number {
    const order = ++this.#order;
    this.#timers.set(order, { at: this.now + ms, order, callback });
    return order;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as number);
  }

  get pending(): number {
    return this.#timers.size;
  }

  /** Let all promises that can settle do so. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Move on, calling every timer at its time, and letting promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    await this.settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#timers.delete(next.order);
      this.now = Math.max(this.now, next.at);
      next.callback();
      await this.settle();
    }
    this.now = end;
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers.values()) {
      if (timer.at > end) continue;
      if (
        !next ||
        timer.at < next.at ||
        (timer.at === next.at && timer.order < next.order)
      ) {
        next = timer;
      }
    }
    return next;
  }
}

/** Mulberry32: the same numbers for the same seed, on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
