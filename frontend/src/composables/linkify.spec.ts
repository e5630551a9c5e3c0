import { expect, test } from "vitest";

import { linkify } from "./linkify";

test.each([
  ["看https://example.com/a，很好", "https://example.com/a"],
  ["(see https://example.com/a_(b).)", "https://example.com/a_(b)"],
  ["Go to http://example.com!", "http://example.com/"],
  ["https://例子.中国/路", "https://xn--fsqu00a.xn--fiqs8s/%E8%B7%AF"],
])("%s leads to %s", (text, href) => {
  const parts = linkify(text);

  expect(parts.flatMap((part) => part.href ?? [])).toEqual([href]);
  expect(parts.map((part) => part.text).join("")).toBe(text);
});

test.each([
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "JaVaScRiPt://https:alert(1)",
  "<img src=x onerror=alert(1)>",
  "ftp://example.com",
  "http://",
  "https://%",
])("%s is text and nothing else", (text) => {
  expect(linkify(text)).toEqual([{ text }]);
});

test("several addresses stand between plain words", () => {
  expect(linkify("a http://b.c d https://e.f")).toEqual([
    { text: "a " },
    { text: "http://b.c", href: "http://b.c/" },
    { text: " d " },
    { text: "https://e.f", href: "https://e.f/" },
  ]);
});
