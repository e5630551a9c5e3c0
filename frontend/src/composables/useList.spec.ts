import { flushPromises } from "@vue/test-utils";
import { expect, test, vi } from "vitest";

import { PictureRefused } from "../stores/refusals";
import { hosted } from "../testing/hosted";
import { useList } from "./useList";

const fetch = vi.fn<() => Promise<string[]>>();

async function shown() {
  const { given } = hosted(() => useList(fetch));
  expect(given.items.value).toBeUndefined(); // it is not known to be empty
  await flushPromises();
  return given;
}

test("it is fetched when somebody looks", async () => {
  fetch.mockResolvedValue(["ann", "ben"]);

  const { items, failure } = await shown();

  expect(items.value).toEqual(["ann", "ben"]);
  expect(failure.value).toBeUndefined();
});

test("what could not be fetched is told, and can be asked for again", async () => {
  fetch.mockRejectedValueOnce(new TypeError("Failed to fetch"));
  const list = await shown();
  expect(list.failure.value).toBe("unreachable");
  expect(list.items.value).toBeUndefined();

  fetch.mockResolvedValueOnce(["ann"]);
  await list.load();

  expect(list.failure.value).toBeUndefined();
  expect(list.items.value).toEqual(["ann"]);
});

test("a line goes once that is done, and not before", async () => {
  fetch.mockResolvedValue(["ann", "ben"]);
  const { items, take } = await shown();
  let done = () => {};
  const taking = take("ann", () => new Promise((resolve) => (done = resolve)));
  expect(items.value).toEqual(["ann", "ben"]);

  done();
  await taking;

  expect(items.value).toEqual(["ben"]);
});

test("a line that may not go stays, with the reason", async () => {
  fetch.mockResolvedValue(["ann"]);
  const { items, failure, take } = await shown();

  await take("ann", () => Promise.reject(new PictureRefused("busy")));

  expect(items.value).toEqual(["ann"]);
  expect(failure.value).toBe("busy");
});
