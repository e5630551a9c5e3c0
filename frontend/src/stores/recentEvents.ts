// What came in last in each room? A page that was asked for before does not hold it.

import type { RoomEvent, User } from "../protocol/frames";

/** More than can come in while a page is on its way. */
export const RECENT_EVENTS = 1_000;

export interface Recent {
  events: readonly RoomEvent[];
  /** Who is named in them, by id. */
  users: Readonly<Record<string, User>>;
}

const NONE: Recent = { events: [], users: {} };

/** Remember the last events of every room. */
export function recentEvents() {
  const byRoom = new Map<string, Recent>();

  function of(roomId: string): Recent {
    return byRoom.get(roomId) ?? NONE;
  }

  function add(roomId: string, { events, users }: Recent): void {
    const known = of(roomId);
    byRoom.set(roomId, {
      events: [...known.events, ...events].slice(-RECENT_EVENTS),
      users: { ...known.users, ...users },
    });
  }

  return {
    of,
    add,
    forget: (roomId: string) => byRoom.delete(roomId),
    forgetAll: () => byRoom.clear(),
  };
}
