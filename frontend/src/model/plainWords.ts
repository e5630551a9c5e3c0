// How does a text read where there is one line for it? Without the marks of its Markdown.

/** What stands at the beginning of a line: quotations, lists, fences. */
const BLOCK = /^ {0,3}(?:(?:>|[-+*](?= )) ?)+|^ {0,3}(?:```|~~~).*$/gm;
/** Code first: nothing in it is a mark. Then links, what is escaped, and emphasis around words. */
const INLINE =
  /(`+)(.+?)\1|\[([^\][]+)\]\([^()\s]*\)|\\([*_`~>[\]\\])|(\*{1,3}|~~)(?=\S)(.*?\S)\5|(?<![\p{L}\p{N}_])(_{1,3})(?=\S)(.*?\S)\7(?![\p{L}\p{N}_])/gu;
/** Emphasis in a link in emphasis: deeper than this nobody writes. */
const DEPTH = 4;
/** No line shows more. */
const LONGEST = 400;

/** Give the words of the first `length` characters of `text` in one line. */
export function plainWords(text: string, length = LONGEST): string {
  return unmarked(text.slice(0, length).replaceAll(BLOCK, ""), DEPTH)
    .replaceAll(/\s+/g, " ")
    .trim();
}

function unmarked(text: string, depth: number): string {
  return text.replaceAll(
    INLINE,
    (
      _whole,
      _ticks,
      code: string | undefined,
      label: string | undefined,
      escaped: string | undefined,
      _marks,
      strong: string | undefined,
      _lines,
      soft: string | undefined,
    ) => {
      const inner = label ?? strong ?? soft;
      if (inner === undefined) return code ?? escaped ?? "";
      return depth === 0 ? inner : unmarked(inner, depth - 1);
    },
  );
}
