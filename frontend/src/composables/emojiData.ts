/** Which emoji are there, and what are they called? The data are fetched once a language. */

import enUrl from "emoji-picker-element-data/en/emojibase/data.json?url";
import zhUrl from "emoji-picker-element-data/zh/emojibase/data.json?url";

import type { Language } from "../i18n/translate";

export interface Emoji {
  emoji: string;
  annotation: string;
  tags?: readonly string[];
  group: number;
  version: number;
}

/** Emojibase's groups, by the sign of each; 2 are parts that stand for nothing alone. */
export const GROUPS: readonly { group: number; sign: string }[] = [
  { group: 0, sign: "😀" },
  { group: 1, sign: "👋" },
  { group: 3, sign: "🐼" },
  { group: 4, sign: "🍵" },
  { group: 5, sign: "🚲" },
  { group: 6, sign: "🎉" },
  { group: 7, sign: "💡" },
  { group: 8, sign: "💚" },
  { group: 9, sign: "🏁" },
];

/** Newer ones are empty boxes on many devices. */
const NEWEST_VERSION = 15;
const FOUND = 120;
const URLS: Record<Language, string> = { en: enUrl, "zh-CN": zhUrl };
const fetched = new Map<Language, Promise<readonly Emoji[]>>();

/** Fetch all emoji in their order; rejects when they cannot be had. */
export function fetchEmoji(language: Language): Promise<readonly Emoji[]> {
  const known = fetched.get(language);
  if (known) return known;
  const fetching = read(URLS[language]);
  fetched.set(language, fetching);
  fetching.catch(() => fetched.delete(language));
  return fetching;
}

/** Find emoji whose name or tags contain every word; names that begin with them first. */
export function findEmoji(all: readonly Emoji[], query: string): Emoji[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter(({ annotation, tags = [] }) => {
    const text = [annotation, ...tags].join(" ").toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
  const rank = ({ annotation }: Emoji) =>
    annotation.toLocaleLowerCase().startsWith(words[0] ?? "") ? 0 : 1;
  return found.sort((one, other) => rank(one) - rank(other)).slice(0, FOUND);
}

async function read(url: string): Promise<readonly Emoji[]> {
  const answer = await fetch(url);
  if (!answer.ok) throw new TypeError(answer.statusText);
  const all = (await answer.json()) as Emoji[];
  return all.filter(
    ({ group, version }) => group !== 2 && version <= NEWEST_VERSION,
  );
}
