import { beforeEach, expect, test, vi } from "vitest";
import { nextTick } from "vue";

import { useMessages } from "../stores/messages";
import { usePictures } from "../stores/pictures";
import { ann, ben, den, page, said } from "../testing/cast";
import { fakeApp, type FakeClient } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import type { SendForm } from "../transport/sendForm";
import { useMessageChanges } from "./useMessageChanges";
import { useSending } from "./useSending";

const api = {
  announceUpload: vi.fn<ChatApi["announceUpload"]>(),
  upload: vi.fn<ChatApi["upload"]>(),
  messages: vi.fn<ChatApi["messages"]>(),
  events: vi.fn<ChatApi["events"]>(),
};
const sendForm = vi.fn<SendForm>();
const sent = vi.fn();
let client: FakeClient;
let changes: ReturnType<typeof useMessageChanges>;
let sending: ReturnType<typeof useSending>;
let arrive: () => void;
let fail: (why: Error) => void;

beforeEach(async () => {
  api.announceUpload.mockResolvedValue({ id: "p1", url: "/media", fields: {} });
  api.upload.mockResolvedValue({ id: "p1", state: "ready" });
  api.messages.mockResolvedValue(
    page(3, said(2, ann, "first"), said(3, ben, "second")),
  );
  api.events.mockResolvedValue({
    ...{ epoch: den.epoch, firstSeq: 1, head: 3, events: [], users: {} },
  });
  sendForm.mockImplementation(
    () =>
      new Promise((resolve, reject) => {
        arrive = resolve;
        fail = reject;
      }),
  );
  const fake = fakeApp(api, sendForm);
  client = fake.client;
  useMessages().listen(client);
  await useMessages().open(den.id);
  fake.app.runWithContext(() => {
    changes = useMessageChanges(() => den);
    sending = useSending(() => den, changes, sent);
  });
});

const brings = async () => {
  usePictures().add(den.id, [new File(["x"], "a.png", { type: "image/png" })]);
  await vi.waitFor(() => expect(sendForm).toHaveBeenCalled());
};

test("what is said while a picture is on its way goes with it, in one message", async () => {
  await brings();
  sending.draft.value = "two cups";
  changes.reply(3);
  sending.send("two cups");
  expect(sending.isAsked.value).toBe(true);
  expect(client.send).not.toHaveBeenCalled();

  arrive();

  await vi.waitFor(() =>
    expect(client.send).toHaveBeenCalledExactlyOnceWith(den.id, "two cups", {
      ...{ attachments: ["p1"], replyTo: 3 },
    }),
  );
  expect(sending.draft.value).toBe("");
  expect(sent).toHaveBeenCalledOnce();
});

test("a picture that fails holds the words back, for the person to decide", async () => {
  await brings();
  sending.draft.value = "two cups";
  sending.send("two cups");
  fail(new TypeError("offline"));
  await vi.waitFor(() => expect(sending.isAsked.value).toBe(false));

  expect(client.send).not.toHaveBeenCalled();
  expect(sending.draft.value).toBe("two cups");
  sending.send("two cups"); // the control: asked again, it goes without
  expect(client.send).toHaveBeenCalledOnce();
});

test("who begins to edit while a picture is on its way saves nothing by that", async () => {
  await brings();
  sending.send("two cups");
  changes.edit(2);
  await nextTick();

  expect(changes.aim.value).toEqual({ kind: "edit", seq: 2 });
  expect(sending.draft.value).toBe("first");
  expect(client.change).not.toHaveBeenCalled();
});
