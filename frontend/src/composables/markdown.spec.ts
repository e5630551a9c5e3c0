import { expect, test } from "vitest";

import { renderMarkdown } from "./markdown";

/**
 * How `text` is laid out behind another line. The sieve needs a real browser, where the payloads
 * of the journeys run into it; happy-dom's takes the first element and ends, so this is what is
 * laid out before it.
 */
const html = (text: string) =>
  String(renderMarkdown(`first\n\n${text}`))
    .replace("first\n", "")
    .trim();

test.each([
  ["**tea** and *cake*", "<p><strong>tea</strong> and <em>cake</em></p>"],
  ["**茶。**好", "<p><strong>茶。</strong>好</p>"],
  ["one\ntwo", "<p>one<br>\ntwo</p>"],
  ["```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"],
  ["# no heading", "<p># no heading</p>"],
  ["3. three", '<ol start="3">\n<li>three</li>\n</ol>'],
])("%j is laid out", (text, laidOut) => {
  expect(html(text)).toBe(laidOut);
});

test("markup in a text is text", () => {
  expect(html("<img src=x onerror=alert(1)><script>x</script>")).toBe(
    "<p>&lt;img src=x onerror=alert(1)&gt;&lt;script&gt;x&lt;/script&gt;</p>",
  );
});

test("a link leads to the web or to mail", () => {
  expect(html("[tea](https://tea.test)")).toBe(
    '<p><a href="https://tea.test">tea</a></p>',
  );
  expect(html("<mailto:ann@tea.test>")).toContain('href="mailto:ann@tea.test"');
  expect(html("see https://tea.test")).toContain('href="https://tea.test"');
});

test.each([
  "[tea](javascript:alert(1))",
  "[tea](JaVaScRiPt:alert(1))",
  "[tea](&#106;avascript:alert(1))",
  "[tea](data:text/html,x)",
  "[tea](/rooms/den)",
  "<vbscript:x>",
])("nothing else is a link: %s", (text) => {
  expect(html(text)).not.toContain("<a");
});

test("a picture is not fetched, so that its server does not hear who reads", () => {
  expect(html("![tea](https://tea.test/x.png)")).not.toContain("<img");
});

test("a quotation as deep as one likes ends somewhere", () => {
  const deep = html(`${">".repeat(2_000)} deep`);

  expect(deep.match(/<blockquote>/g)?.length).toBeLessThan(20);
  expect(html("> > deep").match(/<blockquote>/g)).toHaveLength(2);
});
