import { expect, test } from "vitest";

import { markTerms } from "./markTerms";

const hits = (text: string, query: string) =>
  markTerms(text, query)
    .filter(({ isHit }) => isHit)
    .map(({ text: hit }) => hit);

test("every term is marked wherever it stands, in any case and script", () => {
  expect(hits("Tea, more TEA and 龙井茶", "tea 茶")).toEqual([
    "Tea",
    "TEA",
    "茶",
  ]);
  expect(markTerms("Tea time", "tea")).toEqual([
    { text: "Tea", isHit: true },
    { text: " time", isHit: false },
  ]);
});

test("what means something to a pattern means itself here", () => {
  expect(hits("1+1 (a.b) [x] \\ /-", "1+1 (a.b) [x] \\ /-")).toEqual([
    ...["1+1", "(a.b)", "[x]", "\\", "/-"],
  ]);
  expect(hits("anything", ".")).toEqual([]);
});

test("a long text is shown around the first hit, in one line", () => {
  const shown = markTerms(
    `${"so ".repeat(200)}\ntea${" on".repeat(200)}`,
    "tea",
  )
    .map(({ text }) => text)
    .join("");

  expect(shown).toMatch(/^… ?so/);
  expect(shown).toContain("so tea on");
  expect(shown).toMatch(/…$/);
  expect(shown.length).toBeLessThan(230);
});

test("what folding alone finds is shown without a mark", () => {
  expect(markTerms("ＴＥＡ", "tea")).toEqual([
    { text: "ＴＥＡ", isHit: false },
  ]);
});
