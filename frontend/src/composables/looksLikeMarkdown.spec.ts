import { expect, test } from "vitest";

import { looksLikeMarkdown } from "./looksLikeMarkdown";

test.each([
  "**bold**",
  "**你好，**世界",
  "_soft_",
  "`code`",
  "```js\nlet a;\n```",
  "> a quotation",
  "- one\n- two",
  "1. one",
  "~~gone~~",
  "[words](https://example.com)",
  "before\n> after",
])("%j needs laying out", (text) => {
  expect(looksLikeMarkdown(text)).toBe(true);
});

test.each([
  "hello",
  "你好！有龙井吗？",
  "3 * 4 = 12",
  "https://example.com/a_b_c*d",
  "<b>not ours</b>",
  "a > b and b < c",
  ":-)",
  "2026-11-20",
])("%j stands as it is", (text) => {
  expect(looksLikeMarkdown(text)).toBe(false);
});
