// How is one message pointed at? By an address of its own, for members of its room.

import { inject, type InjectionKey } from "vue";

/** The room whose messages are shown; provided by the view of the room. */
export const SHOWN_ROOM: InjectionKey<() => string> = Symbol("shown room");

/** Give the function that writes the link to a message of the room around it. */
export function usePermalink(
  origin = location.origin,
): (seq: number) => string {
  const roomId = inject(SHOWN_ROOM, () => "");
  return (seq) => `${origin}/rooms/${encodeURIComponent(roomId())}/${seq}`;
}
