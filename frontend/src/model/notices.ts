// What was I told, and how much of it have I not read?

import type { KeptNotification as Told, Room } from "../protocol/frames";

export type { Told };

/** More are not kept here. */
const KEPT = 50;

/** Put what has just come in before what is known; what is known already changes nothing. */
export function hearTold(known: readonly Told[], told: Told): readonly Told[] {
  if (known.some(({ id }) => id === told.id)) return known;
  return [told, ...known].slice(0, KEPT);
}

/** Where something leads: a path of this site, never another site. */
export function pathOf({ link }: Pick<Told, "link">): string | undefined {
  return link !== undefined && /^\/(?![/\\])/.test(link) ? link : undefined;
}

/** Tell whether somebody has named me in what I have not read of `room`. */
export function isNamedIn(
  known: readonly Told[],
  { id, readSeq }: Pick<Room, "id" | "readSeq">,
): boolean {
  return known.some((told) => {
    if (told.kind !== "mention") return false;
    const [, roomId, seq] =
      /^\/rooms\/([^/]+)\/(\d+)$/.exec(told.link ?? "") ?? [];
    return roomId === encodeURIComponent(id) && Number(seq) > readSeq;
  });
}
