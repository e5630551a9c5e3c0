import { beforeEach, expect, test, vi } from "vitest";

import { messageOf } from "../model/roomState";
import { ben, said } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { useSearches } from "./searches";

const search = vi.fn<ChatApi["search"]>();
const tea = { ...messageOf(said(2, ben, "tea")), roomId: "den" };

beforeEach(() => {
  fakeApp({ search });
});

test("each message comes with who said it, where that is told", async () => {
  search.mockResolvedValue({
    ...{ messages: [tea, { ...tea, by: "gone" }], users: { ben } },
    next: "c1",
  });

  const { found, next } = await useSearches().page("tea");

  expect(found).toEqual([
    { message: tea, by: ben },
    { message: { ...tea, by: "gone" }, by: undefined },
  ]);
  expect(next).toBe("c1");
});

test("only what was asked for is asked: a room, a page", async () => {
  search.mockResolvedValue({ messages: [], users: {} });

  await useSearches().page("tea");
  await useSearches().page("tea", "den");
  await useSearches().page("tea", undefined, "c1");

  expect(search.mock.calls).toStrictEqual([
    [{ q: "tea" }],
    [{ q: "tea", roomId: "den" }],
    [{ q: "tea", cursor: "c1" }],
  ]);
});

test("a refusal is whoever asked's", async () => {
  search.mockRejectedValue(new TypeError("Failed to fetch"));

  await expect(useSearches().page("tea")).rejects.toThrow(TypeError);
});
