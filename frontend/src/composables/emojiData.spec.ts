import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type * as EmojiData from "./emojiData";

const fetch = vi.fn<(url: string) => Promise<Response>>();
const emoji = (
  name: string,
  change: Partial<EmojiData.Emoji> = {},
): EmojiData.Emoji => ({
  ...{ emoji: name, annotation: name, group: 4, version: 1 },
  ...change,
});
const all = [
  emoji("green tea"),
  emoji("teacup", { tags: ["drink", "Tea"] }),
  emoji("cake"),
];
let data: typeof EmojiData;

beforeEach(async () => {
  vi.stubGlobal("fetch", fetch);
  // It remembers what was fetched: each test begins with nothing, and leaves nothing behind.
  vi.resetModules();
  data = await import("./emojiData");
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test("the emoji of a language are fetched once, without parts and empty boxes", async () => {
  const kept = [emoji("cake"), emoji("tea")];
  const dropped = [emoji("hair", { group: 2 }), emoji("new", { version: 16 })];
  fetch.mockResolvedValue(Response.json([...kept, ...dropped]));

  const [once, again] = await Promise.all([
    data.fetchEmoji("en"),
    data.fetchEmoji("en"),
  ]);

  expect(once).toEqual(kept);
  expect(again).toBe(once);
  expect(fetch).toHaveBeenCalledOnce();
});

test("each language has its own", async () => {
  fetch.mockImplementation(async () => Response.json([]));

  await data.fetchEmoji("en");
  await data.fetchEmoji("zh-CN");

  const urls = fetch.mock.calls.map(([url]) => url);
  expect(new Set(urls).size).toBe(2);
});

test.each([
  () => Promise.reject(new TypeError("Failed to fetch")),
  () => Promise.resolve(new Response("<html>", { status: 404 })),
])("what could not be had is asked for again", async (fails) => {
  fetch.mockImplementationOnce(fails);
  await expect(data.fetchEmoji("en")).rejects.toThrow(TypeError);

  fetch.mockResolvedValueOnce(Response.json(all));
  expect(await data.fetchEmoji("en")).toEqual(all);
});

test("every word is looked for in names and tags; what begins with it comes first", () => {
  const found = (query: string) =>
    data.findEmoji(all, query).map(({ annotation }) => annotation);

  expect(found("tea")).toEqual(["teacup", "green tea"]);
  expect(found(" TEA  drink ")).toEqual(["teacup"]);
  expect(found("coffee")).toEqual([]);
  expect(found("")).toHaveLength(3);
});

test("so many are found at most, whatever is looked for", () => {
  const many = Array.from({ length: 500 }, (_, at) => emoji(`tea ${at}`));

  expect(data.findEmoji(many, "tea")).toHaveLength(120);
});
