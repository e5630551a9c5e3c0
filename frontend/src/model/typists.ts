// Who is writing in a room right now?

/** Whoever is heard of again before this is over goes on writing. */
export const TYPING_MS = 6_000;

/** By person, until when they count as writing; never changed in place. */
export type Typists = ReadonlyMap<string, number>;

/** Somebody was heard to write. */
export function hearTyping(
  typists: Typists,
  userId: string,
  now: number,
): Typists {
  return new Map(typists).set(userId, now + TYPING_MS);
}

/** Somebody has said it, or is not here any more. */
export function endTyping(typists: Typists, userId: string): Typists {
  if (!typists.has(userId)) return typists;
  const others = new Map(typists);
  others.delete(userId);
  return others;
}

/** Keep those who still write. */
export function stillTyping(typists: Typists, now: number): Typists {
  const still = [...typists].filter(([, until]) => until > now);
  return still.length === typists.size ? typists : new Map(still);
}
