import { expect, test } from "vitest";

import { plainWords } from "./plainWords";

test.each([
  ["The **tea ceremony** is *wonderful*.", "The tea ceremony is wonderful."],
  ["**你好，**世界", "你好，世界"],
  ["_soft_ and __loud__", "soft and loud"],
  ["***both*** ~~gone~~", "both gone"],
  ["run `a*b*c` now", "run a*b*c now"],
  ["see [the **map**](https://example.com/a)", "see the map"],
  ["> said before\n\nExactly.", "said before Exactly."],
  ["I bring:\n- oolong\n- cakes", "I bring: oolong cakes"],
  [
    "Timer:\n```python\nfor cup in range(3):\n    pass\n```",
    "Timer: for cup in range(3): pass",
  ],
  ["\\*not bold\\*", "*not bold*"],
])("%j reads %j in one line", (text, words) => {
  expect(plainWords(text)).toBe(words);
});

test.each([
  "hello",
  "3 * 4 = 12, 5 * 6 = 30",
  "snake_case_name",
  "a > b and b < c",
  "2026-11-20 - 2026-11-21",
  "[1] and (2)",
])("%j stands as it is", (text) => {
  expect(plainWords(text)).toBe(text);
});

test("of a long text the line holds the beginning", () => {
  expect(plainWords("tea ".repeat(5_000)).length).toBeLessThan(400);
});
