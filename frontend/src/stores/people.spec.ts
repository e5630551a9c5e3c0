import { beforeEach, expect, test, vi } from "vitest";

import { ann, ben } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import { usePeople } from "./people";

const api = {
  blocks: vi.fn(),
  block: vi.fn().mockResolvedValue(undefined),
  unblock: vi.fn().mockResolvedValue(undefined),
};
let people: ReturnType<typeof usePeople>;

beforeEach(() => {
  api.blocks.mockReset();
  const { app } = fakeApp(api);
  people = app.runWithContext(usePeople);
});

test("whom I have blocked is asked once, and again only where nobody answered", async () => {
  api.blocks.mockRejectedValueOnce(new TypeError("Nobody answers."));
  api.blocks.mockResolvedValueOnce({ users: { ann } });

  await people.knowBlocked();
  expect(people.blocked).toBeUndefined();
  await people.knowBlocked();
  await people.knowBlocked();

  expect(people.blocked).toEqual({ ann });
  expect(api.blocks).toHaveBeenCalledTimes(2);
});

test("whom I have blocked is read page by page", async () => {
  api.blocks
    .mockResolvedValueOnce({ users: { ann }, next: "c1" })
    .mockResolvedValueOnce({ users: { ben } });
  expect(people.blocked).toBeUndefined();

  await people.loadBlocked();

  expect(people.blocked).toEqual({ ann, ben });
  expect(api.blocks.mock.calls).toEqual([[{}], [{ cursor: "c1" }]]);
});

test("the list follows what I do", async () => {
  await people.block(ben);
  expect(people.blocked).toEqual({ ben });

  await people.unblock("ben");
  expect(people.blocked).toEqual({});
});

test("who is refused stays as they were", async () => {
  await people.block(ben);
  api.unblock.mockRejectedValueOnce(new TypeError("no network"));

  await expect(people.unblock("ben")).rejects.toThrow("no network");

  expect(people.blocked).toEqual({ ben });
});
