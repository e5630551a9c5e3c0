import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import type { ShownEntry, ShownMessage } from "../../model/messageList";
import type { User } from "../../protocol/frames";
import { ann, ben, MINUTE_MS, NOON, shown } from "../../testing/cast";
import MessageList from "./MessageList.vue";

test("a name stands once over a group, and never over one's own", () => {
  const list = mounted([
    shown(2, ben, "one"),
    shown(3, ben, "two"),
    shown(4, ann, "three"),
  ]);

  expect(
    list.findAll("[data-testid=author]").map((name) => name.text()),
  ).toEqual([ben.displayName]);
  expect(rows(list)).toEqual(["2 one", "3 two", "4 three"]);
});

test("a message that failed says why, and can be said again or dropped", async () => {
  const failed: ShownMessage = {
    ...shown(2, ann, "too fast"),
    clientMessageId: "id-1",
    state: "failed",
    refusal: "muted",
  };
  delete failed.seq;
  const list = mounted([failed]);

  expect(list.get("[data-testid=message]").attributes()).toMatchObject({
    "data-state": "failed",
  });
  expect(list.text()).toContain("You cannot write in this room for now.");
  await list.get("[data-testid=retry]").trigger("click");
  await list.get("[data-testid=discard]").trigger("click");
  expect(list.emitted("retry")).toEqual([["id-1"]]);
  expect(list.emitted("discard")).toEqual([["id-1"]]);
});

test("what somebody blocked says is hidden, and shown on request", async () => {
  const entries = [shown(2, ben, "rude"), shown(3, ann, "calm")];
  const list = mounted(entries, { blocked: { ben } });
  expect(list.text()).not.toContain("rude");
  expect(list.text()).toContain("calm");

  await list.get("[data-testid=show-hidden]").trigger("click");

  expect(list.text()).toContain("rude");
});

test("people who joined share one line", () => {
  const list = mounted([
    joined(2, "ann"),
    joined(3, "ben"),
    shown(4, ben, "hello", { at: NOON + MINUTE_MS }),
  ]);

  expect(
    list.findAll("[data-testid=notice]").map((line) => line.text()),
  ).toEqual(["Ann and 小本 joined"]);
});

test("what stands at the end of an open list is read", async () => {
  const list = mounted([shown(2, ben, "one")]);
  expect(list.emitted("read")).toEqual([[2]]);

  await list.setProps({
    entries: [shown(2, ben, "one"), shown(3, ben, "two")],
  });
  expect(list.emitted("read")).toEqual([[2], [3]]);
});

test("the row of an echo stays the same row when the log holds it", async () => {
  const echo: ShownMessage = {
    ...shown(2, ann, "hello"),
    key: "own-1",
    state: "sending",
  };
  delete echo.seq;
  const list = mounted([echo]);
  const before = list.get("[data-testid=message]").element;

  await list.setProps({
    entries: [{ ...shown(2, ann, "hello"), key: "own-1" }],
  });

  const after = list.get("[data-testid=message]");
  expect(after.element).toBe(before);
  expect(after.attributes()).toMatchObject({
    "data-state": "sent",
    "data-seq": "2",
  });
});

function mounted(
  entries: readonly ShownEntry[],
  more: { blocked?: Record<string, User> } = {},
) {
  return mount(MessageList, {
    props: {
      roomName: "The den",
      entries,
      users: { ann, ben },
      myId: ann.id,
      hasOlder: false,
      isFetchingOlder: false,
      hasOlderFailed: false,
      isLive: true,
      isFetchingNewer: false,
      hasNewerFailed: false,
      newCount: 0,
      unread: 0,
      ...more,
    },
    global: { plugins: [createPinia()] },
  });
}

function joined(seq: number, by: string): ShownEntry {
  return {
    kind: "notice",
    key: `seq-${seq}`,
    seq,
    what: "memberJoined",
    by,
    subject: by,
    at: NOON,
  };
}

function rows(list: ReturnType<typeof mounted>): string[] {
  return list
    .findAll("[data-testid=message]")
    .map(
      (row) =>
        `${row.attributes("data-seq")} ${row.get("[data-testid=message-text]").text()}`,
    );
}
