import { ApiError } from "@teahouse/client";
import { beforeEach, expect, test, vi } from "vitest";

import { messageOf } from "../model/roomState";
import { ben, said } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { useSearch } from "./useSearch";

const api = { search: vi.fn<ChatApi["search"]>() };
let search: ReturnType<typeof useSearch>;

beforeEach(() => {
  search = fakeApp(api).app.runWithContext(useSearch);
});

const page = (next: string | undefined, ...seqs: number[]) => ({
  messages: seqs.map((seq) => ({
    ...messageOf(said(seq, ben, `tea ${seq}`)),
    roomId: "den",
  })),
  users: { ben },
  ...(next !== undefined && { next }),
});
const seqs = () => search.found.value.map(({ message }) => message.seq);

test("pages follow one another, also after one without anything", async () => {
  api.search.mockResolvedValueOnce(page("c1", 9));
  await search.search("tea", "den");
  expect(search.found.value[0]?.by).toEqual(ben);

  api.search.mockResolvedValueOnce(page("c2"));
  await search.more();
  expect(search.hasMore.value).toBe(true);
  api.search.mockResolvedValueOnce(page(undefined, 4));
  await search.more();

  expect(seqs()).toEqual([9, 4]);
  expect(search.hasMore.value).toBe(false);
  expect(api.search.mock.calls.map(([query]) => query)).toEqual([
    { q: "tea", roomId: "den" },
    { q: "tea", roomId: "den", cursor: "c1" },
    { q: "tea", roomId: "den", cursor: "c2" },
  ]);
});

test("an answer to an earlier question is not shown", async () => {
  let answer = (_: ReturnType<typeof page>) => {};
  api.search.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  const earlier = search.search("te");
  api.search.mockResolvedValueOnce(page(undefined, 9));
  await search.search("tea");

  answer(page(undefined, 1, 2, 3));
  await earlier;

  expect(seqs()).toEqual([9]);
  expect(search.asked.value).toBe("tea");
});

test("a refusal is told, and the next question forgets it", async () => {
  api.search.mockRejectedValueOnce(
    new ApiError("too_many_requests", 429, "", true),
  );
  await search.search("tea");
  expect(search.failure.value).toBe("too_many_requests");
  expect(search.isBusy.value).toBe(false);

  api.search.mockResolvedValueOnce(page(undefined, 9));
  await search.search("tea");
  expect(search.failure.value).toBeUndefined();
});
