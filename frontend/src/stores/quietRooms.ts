// Which rooms should not disturb this person? Kept in this browser.

import { defineStore } from "pinia";
import { reactive } from "vue";

import { useSession } from "./session";

export const useQuietRooms = defineStore("quietRooms", () => {
  const known = reactive(new Map<string, ReadonlySet<string>>());
  const session = useSession();

  function keyOfMine(): string {
    return `teahouse.quiet.${session.user?.id ?? ""}`;
  }

  function ofMine(): ReadonlySet<string> {
    const key = keyOfMine();
    return known.get(key) ?? new Set(localStorage.getItem(key)?.split(" "));
  }

  /** A quiet room neither sounds nor counts in the title; being named there does. */
  function isQuiet(roomId: string): boolean {
    return ofMine().has(roomId);
  }

  function keep(roomId: string, isWanted: boolean): void {
    const rooms = new Set([...ofMine()].filter((id) => id !== roomId));
    if (isWanted) rooms.add(roomId);
    known.set(keyOfMine(), rooms);
    if (rooms.size === 0) localStorage.removeItem(keyOfMine());
    else localStorage.setItem(keyOfMine(), [...rooms].join(" "));
  }

  return { isQuiet, keep };
});
