/** What was being written where? One draft a room and person, kept in this browser. */

import { defineStore } from "pinia";
import { reactive } from "vue";

import { useSession } from "./session";

export const useDrafts = defineStore("drafts", () => {
  const drafts = reactive(new Map<string, string>());
  const session = useSession();

  function keyOf(roomId: string): string {
    return `teahouse.draft.${session.user?.id ?? ""}.${roomId}`;
  }

  /** Find what was being written, or the empty text. */
  function draftOf(roomId: string): string {
    const key = keyOf(roomId);
    return drafts.get(key) ?? localStorage.getItem(key) ?? "";
  }

  function keep(roomId: string, text: string): void {
    const key = keyOf(roomId);
    drafts.set(key, text);
    try {
      if (text === "") localStorage.removeItem(key);
      else localStorage.setItem(key, text);
    } catch {
      // A full browser keeps what it had; here the draft lasts as long as the page.
    }
  }

  return { draftOf, keep };
});
