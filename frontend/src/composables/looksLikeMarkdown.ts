// Does a text need laying out? Most do not, and never fetch what lays out the others.

const INLINE = /(\*\S|_\S|`[^`\n]|~~\S|\]\(|\\[*_`~>[\]])/;
const BLOCK = /^ {0,3}(>|[-+*] |\d{1,9}[.)] |```|~~~|---|\*\*\*)/m;

/** Tell whether anything in `text` may be Markdown; addresses alone are not. */
export function looksLikeMarkdown(text: string): boolean {
  const words = text.replaceAll(/https?:\/\/\S+/g, "");
  return INLINE.test(words) || BLOCK.test(words);
}
