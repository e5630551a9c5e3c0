// How do keys mark what is written? As Markdown: bold, italic and code, around what is selected.

const MARKS: Readonly<Record<string, string>> = { b: "**", i: "*", e: "`" };

export interface Selection {
  text: string;
  from: number;
  to: number;
}

/** Find the mark that a key stands for: Ctrl, or Command, with B, I or E. */
export function markOf(event: KeyboardEvent): string | undefined {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
    return undefined;
  return MARKS[event.key.toLowerCase()];
}

/** Put `mark` on both sides of what is selected, or take it away where it stands already. */
export function toggleMark(
  { text, from, to }: Selection,
  mark: string,
): Selection {
  const [before, chosen, after] = [
    text.slice(0, from),
    text.slice(from, to),
    text.slice(to),
  ];
  if (isMarked(before, after, mark)) {
    const by = mark.length;
    return {
      text: before.slice(0, -by) + chosen + after.slice(by),
      ...{ from: from - by, to: to - by },
    };
  }
  return {
    text: before + mark + chosen + mark + after,
    ...{ from: from + mark.length, to: to + mark.length },
  };
}

/** One star is no part of two. */
function isMarked(before: string, after: string, mark: string): boolean {
  if (!before.endsWith(mark) || !after.startsWith(mark)) return false;
  if (mark !== "*") return true;
  const stars = (/\*+$/.exec(before)?.[0] ?? "").length;
  return stars % 2 === 1;
}
