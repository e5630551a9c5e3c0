import { beforeEach, expect, test } from "vitest";

import { useSettings } from "../stores/settings";
import { NOON } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import { useTimes } from "./useTimes";

const DAY_MS = 24 * 60 * 60 * 1000;
let times: ReturnType<typeof useTimes>;

beforeEach(() => {
  localStorage.clear();
  times = fakeApp().app.runWithContext(() => useTimes(() => NOON));
});

test.each([
  [NOON - 12 * 60 * 60 * 1000, "Today"],
  [NOON - 12 * 60 * 60 * 1000 - 1, "Yesterday"],
  [NOON - 2 * DAY_MS, "Wednesday, November 18"],
  [NOON - 365 * DAY_MS, "November 20, 2025"],
])("a day is called as one would call it: %i is %s", (at, called) => {
  expect(times.day(at)).toBe(called);
});

test("a list shows the clock for today, and else the date", () => {
  expect(times.brief(NOON - 60_000)).toBe("11:59");
  expect(times.brief(NOON - DAY_MS)).toBe("Nov 19");
});

test("midnight is 00, not 24", () => {
  expect(times.clock(NOON - 12 * 60 * 60 * 1000)).toBe("00:00");
});

test("another language is followed at once", () => {
  useSettings().language = "zh-CN";

  expect(times.day(NOON - DAY_MS)).toBe("昨天");
  expect(times.brief(NOON - DAY_MS)).toBe("11月19日");
});
