// How is a room handed on? A code, or a link that carries it.

/** Write the link that shows the room to whoever opens it. */
export function linkOf(code: string, origin: string = location.origin): string {
  return `${origin}/join/${encodeURIComponent(code)}`;
}

/** Find the code in what somebody pasted: the code itself, or a link with it. */
export function codeIn(pasted: string): string {
  const text = pasted.trim();
  const inLink = /\/join\/([^/?#\s]+)/.exec(text)?.[1];
  if (inLink === undefined) return text;
  try {
    return decodeURIComponent(inLink);
  } catch {
    return inLink;
  }
}
