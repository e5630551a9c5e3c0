// Where between the messages did something else happen? Stretches of the log to read for it.

/** Entries after `after`, `limit` of them: what the log is asked for. */
export interface Stretch {
  after: number;
  limit: number;
}

/** The longest page of the log. */
const MAX_ENTRIES = 200;
/** So few messages between two gaps are read along with them. */
const NEAR = 30;
/** A crowd that comes and goes is told of from its end. */
const MAX_STRETCHES = 3;

/**
 * List the stretches from `first` to `last` in which seqs are missing from `seqs`, which ascends.
 * The newest come first.
 */
export function gapsBetween(
  seqs: readonly number[],
  first: number,
  last: number,
): Stretch[] {
  const gaps: { from: number; to: number }[] = [];
  let next = first;
  for (const seq of [...seqs, last + 1]) {
    if (seq > next) {
      const before = gaps.at(-1);
      if (before && next - before.to <= NEAR) before.to = seq - 1;
      else gaps.push({ from: next, to: seq - 1 });
    }
    next = Math.max(next, seq + 1);
  }
  return gaps.flatMap(cut).reverse().slice(0, MAX_STRETCHES);
}

function cut({ from, to }: { from: number; to: number }): Stretch[] {
  const stretches: Stretch[] = [];
  for (let end = to; end >= from; end -= MAX_ENTRIES) {
    const start = Math.max(from, end - MAX_ENTRIES + 1);
    stretches.unshift({ after: start - 1, limit: end - start + 1 });
  }
  return stretches;
}
