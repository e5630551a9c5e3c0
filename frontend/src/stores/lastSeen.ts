/** What was seen last in this browser? Enough to read on without a network; gone on signing out. */

import { defineStore } from "pinia";

import type { RoomState } from "../model/roomState";
import type { Room, User } from "../protocol/frames";

const KEY = "teahouse.lastSeen";
const ROOMS = 50;
const READ_ROOMS = 8;
const MESSAGES = 40;

/** The person, their rooms, and the end of what was said in those that were open. */
export interface LastSeen {
  user: User;
  rooms: readonly Room[];
  conversations: Readonly<Record<string, RoomState>>;
}

export const useLastSeen = defineStore("lastSeen", () => {
  /** Keep what is shown now, cut to what a browser gladly holds. */
  function keep({ user, rooms, conversations }: LastSeen): void {
    const live = Object.entries(conversations)
      .filter(([, state]) => state.isLive)
      .slice(-READ_ROOMS);
    const kept: LastSeen = {
      user,
      rooms: rooms.slice(0, ROOMS),
      conversations: Object.fromEntries(
        live.map(([id, state]) => [id, shorten(state)]),
      ),
    };
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // A full browser keeps what it had; that is only older.
    }
  }

  /** Find what was kept, if it is whole. */
  function recall(): LastSeen | undefined {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as LastSeen;
      return kept?.user && kept.rooms && kept.conversations ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  function clear(): void {
    localStorage.removeItem(KEY);
  }

  return { keep, recall, clear };
});

function shorten(state: RoomState): RoomState {
  const messages = state.messages.slice(-MESSAGES);
  const first = messages[0]?.seq ?? 0;
  const notices = state.notices.filter(({ seq }) => seq > first);
  const named = new Set([
    ...messages.map(({ by }) => by),
    ...notices.flatMap(({ by, subject }) => [by, subject]),
  ]);
  return {
    ...state,
    messages,
    notices,
    isWhole: state.isWhole && messages.length === state.messages.length,
    users: Object.fromEntries(
      Object.entries(state.users).filter(([id]) => named.has(id)),
    ),
  };
}
