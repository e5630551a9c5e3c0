import { expect, test } from "vitest";

import { measureText } from "./measureText";

test("characters are counted as people see limits, without the space around", () => {
  expect(measureText("  tea 🍵 ")).toEqual({
    leftChars: 8000 - 5,
    isSendable: true,
  });
});

test("nothing but space cannot be sent", () => {
  expect(measureText(" \n ").isSendable).toBe(false);
});

test("8,000 letters may be sent, one more may not", () => {
  expect(measureText("a".repeat(8000))).toEqual({
    leftChars: 0,
    isSendable: true,
  });
  expect(measureText("a".repeat(8001))).toEqual({
    leftChars: -1,
    isSendable: false,
  });
});

test("Chinese meets the limit of bytes before that of characters", () => {
  const most = Math.floor((16_384 - 2) / 3);

  expect(measureText("茶".repeat(most)).isSendable).toBe(true);
  expect(measureText("茶".repeat(most)).leftChars).toBe(0);
  expect(measureText("茶".repeat(most + 1)).isSendable).toBe(false);
  expect(measureText("茶".repeat(most + 1)).leftChars).toBeLessThan(0);
});
