import { ApiError, type EventsPage } from "@teahouse/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ben, page, said } from "../testing/cast";
import { readGaps } from "./readGaps";

const spoken = page(3, said(2, ben, "hello"));
const log: EventsPage = {
  ...{ epoch: "e1", firstSeq: 1, head: 3 },
  ...{ events: [], users: {} },
};
const lost = new TypeError("Failed to fetch");
const ask = vi.fn<() => Promise<EventsPage>>();
const late = { isWanted: vi.fn(() => true), tell: vi.fn() };

beforeEach(() => {
  vi.useFakeTimers();
  ask.mockReset().mockResolvedValue(log);
  late.isWanted.mockReset().mockReturnValue(true);
  late.tell.mockReset();
});
afterEach(() => vi.useRealTimers());

const read = () => readGaps(ask, spoken, { last: 3 }, late);

test("what comes at once is not told late", async () => {
  expect(await read()).toEqual([log]);
  await vi.runAllTimersAsync();

  expect(late.tell).not.toHaveBeenCalled();
});

test("what fails is asked for again until it comes, and told then, once", async () => {
  const busy = new ApiError("busy", 503, "Later.", true);
  ask.mockRejectedValueOnce(lost).mockRejectedValueOnce(busy);

  expect(await read()).toEqual([]);
  await vi.runAllTimersAsync();

  expect(late.tell.mock.calls).toEqual([[log]]);
  expect(ask).toHaveBeenCalledTimes(3);
});

test("what is refused for good is not asked for again", async () => {
  ask.mockRejectedValue(new ApiError("forbidden", 403, "No.", false));

  expect(await read()).toEqual([]);
  await vi.runAllTimersAsync();

  expect(ask).toHaveBeenCalledTimes(1);
});

test("what nobody looks at any more is not asked for again", async () => {
  ask.mockRejectedValueOnce(lost);
  late.isWanted.mockReturnValue(false);

  await read();
  await vi.runAllTimersAsync();

  expect(ask).toHaveBeenCalledTimes(1);
});

test("a mistake of the page's own is no reason to ask again", async () => {
  ask.mockRejectedValue(new RangeError("mistake"));

  await expect(read()).rejects.toThrow("mistake");
});
