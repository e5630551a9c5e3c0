import { expect, test, vi } from "vitest";

import { allPages } from "./pages";

type Page = { names: string[]; next?: string };
const ask = vi.fn<(from: { cursor?: string }) => Promise<Page>>();

test("page after page is asked for, up to the one that names no next", async () => {
  ask.mockResolvedValueOnce({ names: ["ann"], next: "c1" });
  ask.mockResolvedValueOnce({ names: [], next: "c2" }); // a page may be empty
  ask.mockResolvedValueOnce({ names: ["ben"] });

  const pages = await allPages(ask);

  expect(pages.flatMap(({ names }) => names)).toEqual(["ann", "ben"]);
  expect(ask.mock.calls).toStrictEqual([
    [{}],
    [{ cursor: "c1" }],
    [{ cursor: "c2" }],
  ]);
});

test("a page that cannot be had leaves no half list", async () => {
  ask.mockResolvedValueOnce({ names: ["ann"], next: "c1" });
  ask.mockRejectedValueOnce(new TypeError("Failed to fetch"));

  await expect(allPages(ask)).rejects.toThrow(TypeError);
});
