import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nextTick, ref } from "vue";

import { NOON } from "../testing/cast";
import { hosted } from "../testing/hosted";
import { useNow } from "./useNow";

const DAY_MS = 24 * 60 * 60 * 1000;

beforeEach(() => vi.useFakeTimers({ now: NOON }));
afterEach(() => vi.useRealTimers());

test("it is looked again when the moment has come, and not before", () => {
  const { given } = hosted(() => useNow(() => NOON + 5_000));

  vi.advanceTimersByTime(4_999);
  expect(given.value).toBe(NOON);
  vi.advanceTimersByTime(1);
  expect(given.value).toBe(NOON + 5_000);

  expect(vi.getTimerCount()).toBe(0);
});

test("a moment further off than a timer reaches comes all the same", () => {
  const { given } = hosted(() => useNow(() => NOON + 60 * DAY_MS));
  vi.advanceTimersByTime(10);
  expect(given.value).toBe(NOON); // a timer too long would ring at once

  vi.advanceTimersByTime(60 * DAY_MS - 10);

  expect(given.value).toBe(NOON + 60 * DAY_MS);
});

test("another moment takes the place of the one before", async () => {
  const moment = ref<number | undefined>(NOON + 5_000);
  const { given } = hosted(() => useNow(() => moment.value));

  moment.value = NOON + 9_000;
  await nextTick();
  vi.advanceTimersByTime(5_000);
  expect(given.value).toBe(NOON);
  vi.advanceTimersByTime(4_000);
  expect(given.value).toBe(NOON + 9_000);

  moment.value = undefined;
  await nextTick();
  expect(vi.getTimerCount()).toBe(0);
});

test("who has left looks at no clock", () => {
  const { leave } = hosted(() => useNow(() => NOON + 5_000));
  expect(vi.getTimerCount()).toBe(1);

  leave();

  expect(vi.getTimerCount()).toBe(0);
});
