// Where in a message is what somebody looked for?

export interface TextStretch {
  text: string;
  isHit: boolean;
}

/** So much is shown before the first hit, and in all. */
const BEFORE_CHARS = 40;
const SHOWN_CHARS = 220;

/** Cut a text into stretches, from shortly before the first hit; joined they are what is shown. */
export function markTerms(text: string, query: string): TextStretch[] {
  const terms = query.normalize("NFKC").split(/\s+/).filter(Boolean);
  const line = text.replaceAll(/\s+/g, " ");
  if (terms.length === 0) return [{ text: shorten(line, 0), isHit: false }];
  const wanted = new RegExp(terms.map(escaped).join("|"), "giu");
  const first = line.search(wanted);
  const shown = shorten(line, Math.max(0, first - BEFORE_CHARS));
  const stretches: TextStretch[] = [];
  let end = 0;
  for (const { 0: hit, index } of shown.matchAll(wanted)) {
    if (index > end)
      stretches.push({ text: shown.slice(end, index), isHit: false });
    stretches.push({ text: hit, isHit: true });
    end = index + hit.length;
  }
  if (end < shown.length)
    stretches.push({ text: shown.slice(end), isHit: false });
  return stretches;
}

function shorten(line: string, from: number): string {
  const end = from + SHOWN_CHARS;
  const shown = [...line.slice(from, end)].join("");
  return `${from > 0 ? "…" : ""}${shown}${line.length > end ? "…" : ""}`;
}

function escaped(term: string): string {
  return term.replaceAll(/[.*+?^${}()|[\]\\/]/gu, "\\$&");
}
