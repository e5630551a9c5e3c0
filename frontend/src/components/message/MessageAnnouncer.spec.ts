import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { ShownMessage } from "../../model/messageList";
import { ann, ben, NOON } from "../../testing/cast";
import MessageAnnouncer from "./MessageAnnouncer.vue";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("what others say from now on is read out, history and one's own words are not", async () => {
  const { announcer, hear } = mounted([message(5, "ben", "old")]);

  await hear(
    message(4, "ben", "older, fetched late"),
    message(5, "ben", "old"),
    message(6, "ann", "mine"),
    message(7, "ben", "hello"),
  );

  expect(announcer.findAll("p").map((line) => line.text())).toEqual([
    "小本: hello",
  ]);
});

test("a flood is counted instead of read", async () => {
  const { announcer, hear } = mounted([]);

  await hear(...[2, 3, 4, 5].map((seq) => message(seq, "ben", `no. ${seq}`)));

  expect(announcer.text()).toBe("4 new messages");
});

test("what is deleted is no longer to be read", async () => {
  const { announcer, hear } = mounted([]);
  const kept = message(2, "ben", "kept");
  await hear(kept, message(3, "ben", "a secret"));
  expect(announcer.text()).toContain("a secret");

  await hear(kept, { ...message(3, "ben", ""), isDeleted: true });

  expect(announcer.text()).toBe("小本: kept");
});

function mounted(entries: ShownMessage[]) {
  const announcer = mount(MessageAnnouncer, {
    props: { entries, users: { ann, ben }, myId: ann.id },
    global: { plugins: [createPinia()] },
  });
  async function hear(...now: ShownMessage[]) {
    await announcer.setProps({ entries: now });
    await vi.runAllTimersAsync();
  }
  return { announcer, hear };
}

function message(seq: number, by: string, text: string): ShownMessage {
  return {
    kind: "message",
    key: `seq-${seq}`,
    seq,
    by,
    text,
    at: NOON,
    state: "sent",
    version: 1,
    reactions: [],
    pictures: [],
  };
}
