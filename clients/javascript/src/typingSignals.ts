// When does a room hear that this person is writing?

/** The server tells others at most once in this time, so saying it more often is for nothing. */
const INTERVAL_MS = 3_000;

/** Says it for each room at once, and then not again for a while. */
export class TypingSignals {
  readonly #toldAt = new Map<string, number>();

  constructor(
    private readonly clock: () => number,
    private readonly tell: (roomId: string) => boolean,
  ) {}

  signal(roomId: string): void {
    const now = this.clock();
    if (now - (this.#toldAt.get(roomId) ?? -Infinity) < INTERVAL_MS) return;
    if (this.tell(roomId)) this.#toldAt.set(roomId, now);
  }

  /** What was written is said: the next word is news again. */
  end(roomId: string): void {
    this.#toldAt.delete(roomId);
  }
}
