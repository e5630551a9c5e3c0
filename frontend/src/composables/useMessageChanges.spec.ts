import { ActionRefused } from "@teahouse/client";
import { beforeEach, expect, test, vi } from "vitest";

import { useMessages } from "../stores/messages";
import { useSession } from "../stores/session";
import { ann, ben, den, page, said } from "../testing/cast";
import { fakeApp, type FakeClient } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { useMessageChanges } from "./useMessageChanges";

const api = {
  messages: vi.fn<ChatApi["messages"]>(),
  events: vi.fn<ChatApi["events"]>(),
};
let client: FakeClient;
let changes: ReturnType<typeof useMessageChanges>;
let room = den;

beforeEach(async () => {
  room = den;
  api.messages.mockResolvedValue(
    page(4, said(2, ann, "first"), said(3, ann, "second"), said(4, ben, "ho")),
  );
  api.events.mockResolvedValue({
    ...{ epoch: den.epoch, firstSeq: 1, head: 4, events: [], users: {} },
  });
  const fake = fakeApp(api);
  client = fake.client;
  useSession().user = ann;
  useMessages().listen(client);
  await useMessages().open(den.id);
  changes = fake.app.runWithContext(() => useMessageChanges(() => room));
});

test("what one said last is edited, whatever others said since", () => {
  changes.editLast();

  expect(changes.aim.value).toEqual({ kind: "edit", seq: 3 });
  expect(changes.editText.value).toBe("second");
});

test("who has said nothing here has nothing to edit", () => {
  useSession().user = { ...ann, id: "cleo" };

  changes.editLast();

  expect(changes.aim.value).toBeUndefined();
});

test("an edit names the version it was made from, and is over once it is done", async () => {
  changes.edit(2);
  await changes.saveEdit("better");

  expect(client.change.mock.calls).toEqual([
    [
      {
        ...{ action: "editMessage", roomId: den.id },
        ...{ seq: 2, version: 1, text: "better" },
      },
    ],
  ]);
  expect(changes.aim.value).toBeUndefined();
});

test("an edit that is refused stays open with the reason; the same words are no edit", async () => {
  client.change.mockRejectedValue(new ActionRefused("conflict", ""));
  changes.edit(2);
  await changes.saveEdit("better");
  expect(changes.aim.value).toEqual({ kind: "edit", seq: 2 });
  expect(changes.refusal.value).toBe("conflict");

  client.change.mockClear();
  await changes.saveEdit("first");
  expect(client.change).not.toHaveBeenCalled();
  expect(changes.aim.value).toBeUndefined();
  expect(changes.refusal.value).toBeUndefined();
});

test("a deletion asks for what was pointed at, and its refusal is the question's", async () => {
  await changes.remove();
  expect(client.change).not.toHaveBeenCalled();

  changes.removing.value = 4;
  client.change.mockRejectedValue(new ActionRefused("forbidden", ""));
  await expect(changes.remove()).rejects.toThrow(ActionRefused);

  expect(client.change.mock.calls).toEqual([
    [{ action: "deleteMessage", roomId: den.id, seq: 4 }],
  ]);
  expect(changes.refusal.value).toBeUndefined();
});

test.each(["owner", "moderator", "member"] as const)(
  "a message is deleted by whoever said it, and by who keeps order: %s",
  (role) => {
    room = { ...den, role };

    expect(changes.mayDelete("ann")).toBe(true);
    expect(changes.mayDelete("ben")).toBe(role !== "member");
  },
);
