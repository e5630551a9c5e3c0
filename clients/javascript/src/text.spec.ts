import { describe, expect, it } from "vitest";

import { codePoints, jsonBytes, textProblem } from "./text.js";

describe("textProblem", () => {
  it.each(["", " ", "\n\t", "\u200b\u2060", "\u0301"])(
    "finds nothing to see in %j",
    (text) => {
      expect(textProblem(text)).toBe("empty");
    },
  );

  it("counts code points, as the server does", () => {
    expect(codePoints("茶")).toBe(1);
    expect(codePoints("🍵")).toBe(1);
    expect(codePoints("👨‍👩‍👧‍👦")).toBe(7);
    expect(textProblem("x".repeat(8_000))).toBeUndefined();
    expect(textProblem("x".repeat(8_001))).toBe("too_many_characters");
  });

  it("measures the text as JSON", () => {
    expect(jsonBytes("a\n")).toBe(5);
    expect(textProblem("茶".repeat(5_460))).toBeUndefined(); // 16,382 bytes with the quotes
    expect(textProblem("茶".repeat(5_461))).toBe("too_many_bytes");
  });
});
