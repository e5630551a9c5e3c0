import { expect, test } from "vitest";

import { codeIn, linkOf } from "./invitations";

test.each([
  ["  abc_-123  ", "abc_-123"],
  ["http://localhost:8787/join/abc", "abc"],
  ["come! https://tea.example/join/abc?x=1#y", "abc"],
  ["https://tea.example/join/a%2Fb", "a/b"],
  ["https://tea.example/join/a%", "a%"],
  ["   ", ""],
])("in %j the code is %j", (pasted, code) => {
  expect(codeIn(pasted)).toBe(code);
});

test("a link that was made is understood again", () => {
  expect(codeIn(linkOf("a b/c", "https://tea.example"))).toBe("a b/c");
});
