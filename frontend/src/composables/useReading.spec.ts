import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { reactive, ref } from "vue";

import type { Room } from "../protocol/frames";
import { ben, den, page, said } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { useReading, type Scroll } from "./useReading";

const api = {
  messages: vi.fn<ChatApi["messages"]>(),
  events: vi.fn<ChatApi["events"]>(),
};
const scroll = {
  scrollToEnd: vi.fn<Scroll["scrollToEnd"]>(),
  scrollToSeq: vi.fn<Scroll["scrollToSeq"]>(),
  scrollToMark: vi.fn<Scroll["scrollToMark"]>(),
};
let reader: VueWrapper;

beforeEach(() => {
  api.messages.mockImplementation(async (_, { around } = {}) =>
    page(9, said(around ?? 9, ben, "hello")),
  );
  api.events.mockResolvedValue({
    ...{ epoch: den.epoch, firstSeq: 1, head: 9, events: [], users: {} },
  });
});
afterEach(() => {
  reader.unmount();
  vi.restoreAllMocks();
});

test("a room opens at its newest messages, with a mark where one had read to", async () => {
  const { reading, asked } = await opened({ unread: 3, readSeq: 6 });

  expect(asked()).toEqual([undefined]);
  expect(reading.newAfter.value).toBe(6);
  expect(reading.newCount.value).toBe(3);
});

test("a link opens a room around its message, and only there", async () => {
  const { asked } = await opened({}, 4);

  expect(asked()).toEqual([4]);
  expect(scroll.scrollToSeq).toHaveBeenCalledExactlyOnceWith(4);
});

test("the mark stays while one reads, and goes with what one says", async () => {
  const { room, reading } = await opened({ unread: 3, readSeq: 6 });

  Object.assign(room, { unread: 0, readSeq: 9 });
  expect(reading.newAfter.value).toBe(6);
  reading.showSent();
  await flushPromises();

  expect(reading.newAfter.value).toBeUndefined();
  expect(reading.newCount.value).toBe(0);
  expect(scroll.scrollToEnd).toHaveBeenCalledOnce();
});

test("a mark that is not loaded is fetched; one that is there is gone to", async () => {
  const { reading, asked } = await opened({ unread: 90, readSeq: 2 });
  scroll.scrollToMark.mockReturnValueOnce(true);
  await reading.showFirstUnread();
  expect(asked()).toEqual([undefined]);

  await reading.showFirstUnread();

  expect(asked()).toEqual([undefined, 2]);
  expect(scroll.scrollToMark).toHaveBeenCalledTimes(3);
});

test("what comes while nobody looks is new; what one has not read yet stays so", async () => {
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  const away = () => document.dispatchEvent(new Event("visibilitychange"));
  const { room, reading } = await opened({ head: 9, unread: 0 });

  away();
  expect(reading.newAfter.value).toBe(9);
  Object.assign(room, { head: 12, unread: 3 });
  away();
  expect(reading.newAfter.value).toBe(9);

  hidden.mockReturnValue(false);
  Object.assign(room, { unread: 0 });
  away(); // looks again: the mark is still where it was
  expect(reading.newAfter.value).toBe(9);
});

async function opened(change: Partial<Room>, seq?: number) {
  const { app } = fakeApp(api);
  const room = reactive({ ...den, ...change });
  let reading!: ReturnType<typeof useReading>;
  reader = mount(
    {
      setup() {
        reading = useReading(
          () => room,
          () => seq,
          ref(scroll),
        );
        return () => null;
      },
    },
    { global: { provide: app._context.provides } },
  );
  await flushPromises();
  const asked = () => api.messages.mock.calls.map(([, query]) => query?.around);
  return { room, reading, asked };
}
