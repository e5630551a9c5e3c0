/**
 * How is Markdown shown without running anything of it? Markup in a text is never markup here
 * (`html: false`), and whatever comes out is sieved once more: few tags, three attributes, links to
 * the web and to mail only, no pictures (they would tell their server who reads).
 */

import DOMPurify from "dompurify";
import MarkdownIt from "markdown-it";
import cjkFriendly from "markdown-it-cjk-friendly";
import type { TrustedHTML } from "trusted-types/lib";

const TAGS = [
  ...["p", "br", "strong", "em", "s", "code", "pre", "blockquote"],
  ...["ul", "ol", "li", "a", "hr"],
];
const LINKS = /^(?:https?:\/\/|mailto:)/i;
const KEPT_TEXTS = 500;

const markdown = new MarkdownIt("zero", {
  html: false,
  breaks: true,
  linkify: true,
})
  .use(cjkFriendly)
  .enable(["emphasis", "strikethrough", "backticks", "escape", "newline"])
  .enable(["link", "autolink", "linkify", "entity", "balance_pairs"])
  .enable(["fence", "blockquote", "list", "hr"]);
// A quotation within a quotation within …: so deep that nobody reads it, but browsers choke on it.
markdown.set({ maxNesting: 12 } as never);
markdown.validateLink = (url) => LINKS.test(url.trim());
markdown.linkify.set({ fuzzyEmail: false, fuzzyLink: false, fuzzyIP: false });

const purify = DOMPurify(window);
purify.addHook("afterSanitizeAttributes", (element) => {
  if (element.tagName !== "A") return;
  element.setAttribute("rel", "noopener noreferrer nofollow ugc");
  element.setAttribute("target", "_blank");
});

const rendered = new Map<string, TrustedHTML>();

/** Lay out a text. The same text is laid out once. */
export function renderMarkdown(text: string): TrustedHTML {
  const known = rendered.get(text);
  if (known) return known;
  const html = purify.sanitize(markdown.render(text), {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ["href", "start"],
    ALLOWED_URI_REGEXP: LINKS,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_TRUSTED_TYPE: true,
  });
  if (rendered.size >= KEPT_TEXTS)
    rendered.delete(rendered.keys().next().value ?? "");
  rendered.set(text, html);
  return html;
}
