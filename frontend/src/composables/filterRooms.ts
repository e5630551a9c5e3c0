// Which rooms does somebody mean who types a part of a name?

/** Keep what contains every word of `query`, whatever the case; names that begin with it first. */
export function filterRooms<Room>(
  rooms: readonly Room[],
  query: string,
  nameOf: (room: Room) => string,
): Room[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...rooms];
  const found = rooms.filter((room) => {
    const name = fold(nameOf(room));
    return words.every((word) => name.includes(word));
  });
  const begins = (room: Room) => fold(nameOf(room)).startsWith(words[0] ?? "");
  return [...found.filter(begins), ...found.filter((room) => !begins(room))];
}

/** Letters without case, width and accents. */
function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/\p{Mn}/gu, "")
    .toLocaleLowerCase();
}
