// How long to wait before trying again?

export interface Backoff {
  firstMs: number;
  longestMs: number;
}

/** Of connections and sends: from half a second to half a minute. */
export const BACKOFF: Backoff = { firstMs: 500, longestMs: 30_000 };

/**
 * Draw a pause after `failures` failures in a row, counted from 0: anything up to a doubling
 * limit, so that clients dropped together do not come back together.
 */
export function fullJitter(
  failures: number,
  random: () => number,
  { firstMs, longestMs }: Backoff = BACKOFF,
): number {
  return random() * Math.min(longestMs, firstMs * 2 ** failures);
}

/** Draw between two limits. */
export function between(
  lowest: number,
  highest: number,
  random: () => number,
): number {
  return lowest + random() * (highest - lowest);
}
