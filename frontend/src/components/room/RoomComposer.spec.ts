import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useMessageChanges } from "../../composables/useMessageChanges";
import { useSending } from "../../composables/useSending";
import type { Room } from "../../protocol/frames";
import { useMessages } from "../../stores/messages";
import { useSession } from "../../stores/session";
import { useTyping } from "../../stores/typing";
import { ann, ben, den, NOON, page, said } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import type { ChatApi } from "../../transport/chatApi";
import RoomComposer from "./RoomComposer.vue";

const api = {
  messages: vi.fn<ChatApi["messages"]>(),
  events: vi.fn<ChatApi["events"]>(),
};
let composer: VueWrapper;

beforeEach(() => {
  api.messages.mockResolvedValue(
    page(3, said(2, ann, "first"), said(3, ben, "**second**")),
  );
  api.events.mockResolvedValue({
    ...{ epoch: den.epoch, firstSeq: 1, head: 3, events: [], users: {} },
  });
});
afterEach(() => {
  composer.unmount();
  vi.useRealTimers();
  localStorage.clear();
});

test("what is typed goes out by Enter, as an answer to what one aims at", async () => {
  const { client, changes, aim, write, press } = await opened();
  changes.reply(3);
  await flushPromises();
  expect(aim().text()).toBe("Reply to 小本second");

  await write("third");
  await press("Enter");

  expect(client.send).toHaveBeenCalledExactlyOnceWith("den", "third", {
    ...{ attachments: [], replyTo: 3 },
  });
  expect(aim().exists()).toBe(false);
});

test("Esc gives up the aim and nothing else, and only then goes further", async () => {
  const { changes, aim, write, press, heard } = await opened();
  await write("third");
  changes.reply(3);
  await flushPromises();

  await press("Escape");
  expect(aim().exists()).toBe(false);
  expect(heard).not.toHaveBeenCalled();
  expect(composer.get("textarea").element.value).toBe("third");
  await press("Escape");

  expect(heard).toHaveBeenCalledOnce();
});

test("who writes is told to others; who only edits is not", async () => {
  const { client, changes, write } = await opened();
  await write("th");
  expect(client.signalTyping).toHaveBeenCalledExactlyOnceWith("den");
  client.signalTyping.mockClear();

  changes.edit(2);
  await flushPromises();
  expect(composer.get("textarea").element.value).toBe("first");
  await write("first of all");

  expect(client.signalTyping).not.toHaveBeenCalled();
});

test("an edit that is refused says why, and the words stay", async () => {
  const { client, changes, aim, write, press } = await opened();
  client.change.mockRejectedValue(new TypeError("offline"));
  changes.edit(2);
  await flushPromises();

  await write("first of all");
  await press("Enter");

  expect(composer.text()).toContain("The server cannot be reached.");
  expect(composer.get("textarea").element.value).toBe("first of all");
  expect(aim().text()).toContain("Edit your message");
});

test("who is muted reads until when, and no longer than that", async () => {
  vi.useFakeTimers({ now: NOON });
  await opened({ mutedUntil: NOON + 60_000 });
  expect(composer.text()).toMatch(/You cannot write here until .*12:01/);

  await vi.advanceTimersByTimeAsync(60_000);

  expect(composer.text()).not.toContain("You cannot write here");
});

async function opened(more: Partial<Room> = {}) {
  const { app, client } = fakeApp(api);
  useSession().user = ann;
  useMessages().listen(client);
  useTyping().listen(client);
  await useMessages().open(den.id);
  const room = { ...den, ...more };
  const [changes, sending] = app.runWithContext(() => {
    const made = useMessageChanges(() => room);
    return [
      made,
      useSending(
        () => room,
        made,
        () => {},
      ),
    ] as const;
  });
  const heard = vi.fn();
  const place = document.createElement("div");
  place.addEventListener("keydown", heard);
  composer = mount(RoomComposer, {
    attachTo: place,
    props: { room, me: ann, users: { ann, ben }, changes, sending },
    global: { provide: app._context.provides },
  });
  const field = composer.get("textarea");
  const write = (text: string) => field.setValue(text);
  const press = async (key: string) => {
    await field.trigger("keydown", { key });
    await flushPromises();
  };
  const aim = () => composer.find("[data-testid=composer-aim]");
  return { client, changes, aim, write, press, heard };
}
