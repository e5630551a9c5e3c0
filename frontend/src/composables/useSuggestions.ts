// What may be meant by what is being written? People behind `@`, emoji behind `:`.

import { computed, ref, shallowRef, type ShallowRef } from "vue";

import type { User } from "../protocol/frames";
import { useMembers } from "../stores/members";
import { useSession } from "../stores/session";
import { findPeople } from "./mentions";
import { useText } from "./useText";

/** One thing to choose: what is put in place of the word, and how it is shown. */
export interface Suggestion {
  key: string;
  put: string;
  user?: User;
  emoji?: string;
  label: string;
}

const SHOWN = 8;
/** The word before the caret: behind no letter, so that addresses and times are left alone. */
const BEGUN = /(?:^|[\s（(，。、])([@:])([^\s@:]{0,32})$/u;
const EMOJI_CHARS = 2;
const MOVES = ["ArrowLeft", "ArrowRight", "Home", "End"];

/** Follow the word at the caret of `field`; `put` replaces it. */
export function useSuggestions(
  field: Readonly<ShallowRef<HTMLTextAreaElement | null>>,
  roomId: () => string,
  put: (text: string, from: number, to: number) => void,
) {
  const { language } = useText();
  const members = useMembers();
  const session = useSession();
  const items = shallowRef<readonly Suggestion[]>([]);
  const at = ref(0);
  let begun = 0;
  let asked = 0;
  let loading: Promise<void> | undefined;

  /** Look again at what stands before the caret. */
  async function refresh(): Promise<void> {
    const question = (asked += 1);
    const end = field.value?.selectionStart ?? 0;
    const before = field.value?.value.slice(0, end) ?? "";
    const match = BEGUN.exec(before);
    if (!match || field.value?.selectionEnd !== end) return close();
    const [, sign, query = ""] = match;
    begun = before.length - query.length - 1;
    const found =
      sign === "@" ? await findMembers(query) : await findEmojis(query);
    if (question !== asked) return;
    items.value = found.slice(0, SHOWN);
    at.value = 0;
  }

  async function findMembers(query: string): Promise<Suggestion[]> {
    const known = members.lists.get(roomId());
    if (!known) loading = members.load(roomId());
    if (!known || known.isLoading) await loading;
    const others = (members.lists.get(roomId())?.members ?? [])
      .map(({ user }) => user)
      .filter(({ id }) => id !== session.user?.id);
    return findPeople(others, query).map((user) => ({
      ...{ key: user.id, put: `@${user.username} `, user },
      label: user.displayName,
    }));
  }

  async function findEmojis(query: string): Promise<Suggestion[]> {
    if (query.length < EMOJI_CHARS && !/\p{Script=Han}/u.test(query)) return [];
    try {
      const { fetchEmoji, findEmoji } = await import("./emojiData");
      const all = await fetchEmoji(language.value);
      return findEmoji(all, query).map(({ emoji, annotation }) => ({
        ...{ key: emoji, put: emoji, emoji, label: annotation },
      }));
    } catch {
      return []; // Offline: what is typed stays as it is.
    }
  }

  function close(): void {
    asked += 1;
    items.value = [];
  }

  function choose(item: Suggestion | undefined): void {
    if (!item) return;
    const end = field.value?.selectionStart ?? begun;
    close();
    put(item.put, begun, end);
  }

  /** Act on a key while there is something to choose; true when it was one of these. */
  function takeKey(event: KeyboardEvent): boolean {
    const count = items.value.length;
    if (count === 0 || event.isComposing || event.keyCode === 229) return false;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)
      return false;
    const acts: Record<string, () => void> = {
      ArrowDown: () => (at.value = (at.value + 1) % count),
      ArrowUp: () => (at.value = (at.value - 1 + count) % count),
      Enter: () => choose(items.value[at.value]),
      Tab: () => choose(items.value[at.value]),
      Escape: close,
    };
    const act = acts[event.key];
    // The caret goes elsewhere, and the word is no longer what is written.
    if (MOVES.includes(event.key)) close();
    if (!act) return false;
    event.preventDefault();
    event.stopPropagation();
    act();
    return true;
  }

  return {
    items: computed(() => items.value),
    at,
    refresh,
    close,
    choose,
    takeKey,
  };
}
