// How does a room look in a list? Its name in the reader's language, and a colour of its own.

import type { Room } from "../protocol/frames";
import { useText } from "./useText";

/** The one room whose id is known in advance: everybody's, so it is called as the reader says. */
export const LOBBY_ID = "lobby";
const HUES = ["#15803d", "#b45309", "#0f766e", "#b91c1c", "#4d7c0f", "#0369a1"];

/** Names and colours of rooms, following the language. */
export function useRoomFace() {
  const { t } = useText();
  return {
    nameOf: (room: Pick<Room, "id" | "name">) =>
      room.id === LOBBY_ID ? t("rooms.lobby") : room.name,
    colorOf: (room: Pick<Room, "id">) =>
      room.id === LOBBY_ID ? HUES[0] : HUES[hash(room.id) % HUES.length],
  };
}

function hash(id: string): number {
  let sum = 7;
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) >>> 0;
  return sum;
}
