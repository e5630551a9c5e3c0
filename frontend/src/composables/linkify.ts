/** Which parts of a text are web addresses? Only `http` and `https`, never anything that runs. */

export type TextPart = { text: string; href?: string };

// Ends at white space, quotes, brackets and Chinese punctuation, which no address holds unescaped.
const ADDRESS =
  /\bhttps?:\/\/[^\s<>"'`{}|\\^，。！？；：、（）【】《》「」『』“”‘’…—]+/giu;
const TRAILING = /[.,!?;:)\]]+$/u;

/** Cut a text into plain parts and links. The parts joined are the text again. */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimEnd(match[0]);
    const href = safeHref(address);
    if (href === undefined) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

function trimEnd(address: string): string {
  const trailing = TRAILING.exec(address)?.[0] ?? "";
  const bare = address.slice(0, address.length - trailing.length);
  // A closing bracket belongs to the address when it was opened there, as in many wikis.
  return trailing.startsWith(")") && bare.includes("(") ? `${bare})` : bare;
}

function safeHref(address: string): string | undefined {
  try {
    const url = new URL(address);
    return url.protocol === "http:" || url.protocol === "https:"
      ? url.href
      : undefined;
  } catch {
    return undefined;
  }
}
