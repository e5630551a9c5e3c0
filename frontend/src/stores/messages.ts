// What was said in the rooms that were opened, and what is still on its way?

import type { MessagesPage, OutboxItem } from "@teahouse/client";
import { defineStore } from "pinia";
import { reactive, shallowRef } from "vue";

import {
  applyEvents,
  oldestSeq,
  prependPage,
  startFrom,
  type RoomState,
} from "../model/roomState";
import type { RoomEvent, User } from "../protocol/frames";
import { codeOf } from "./refusals";
import { useServices, type ChatClient } from "./services";

export const PAGE_MESSAGES = 50;

/** One room that was opened; `state` is missing until its first page has come. */
export interface OpenedRoom {
  state: RoomState | undefined;
  /** Heard before the first page came; what the page does not hold is applied after it. */
  early: {
    events: readonly RoomEvent[];
    users: Readonly<Record<string, User>>;
  }[];
  failure: string | undefined;
  isFetchingOlder: boolean;
  hasOlderFailed: boolean;
}

export const useMessages = defineStore("messages", () => {
  const { api } = useServices();
  const opened = reactive(new Map<string, OpenedRoom>());
  const outbox = shallowRef<readonly OutboxItem[]>([]);
  let client: ChatClient | undefined;

  /** Hear what is said, and where one's own messages stand. */
  function listen(chat: ChatClient): void {
    client = chat;
    outbox.value = chat.outboxItems;
    chat.on("outbox", ({ items }) => (outbox.value = [...items]));
    chat.on("events", ({ roomId, events, users }) => {
      const room = opened.get(roomId);
      if (!room) return;
      if (room.state) room.state = applyEvents(room.state, events, users);
      else room.early.push({ events, users });
    });
    chat.on("reset", ({ roomId, snapshot }) => {
      if (opened.has(roomId)) start(roomId, snapshot);
    });
    chat.on("roomRemoved", ({ roomId }) => opened.delete(roomId));
  }

  /** Show a room: fetch its newest page, unless it is here already. */
  async function open(roomId: string): Promise<void> {
    if (opened.get(roomId)?.state) return;
    opened.set(roomId, {
      state: undefined,
      early: [],
      failure: undefined,
      isFetchingOlder: false,
      hasOlderFailed: false,
    });
    try {
      start(roomId, await api.messages(roomId, { limit: PAGE_MESSAGES }));
    } catch (error) {
      const room = opened.get(roomId);
      if (room) room.failure = codeOf(error);
    }
  }

  /** Fetch the page before the oldest message shown. */
  async function fetchOlder(roomId: string): Promise<void> {
    const room = opened.get(roomId);
    const before = room?.state && oldestSeq(room.state);
    if (!room?.state || before === undefined || room.isFetchingOlder) return;
    room.isFetchingOlder = true;
    room.hasOlderFailed = false;
    try {
      const page = await api.messages(roomId, { before, limit: PAGE_MESSAGES });
      // The room may have started afresh meanwhile: then the page leads nowhere.
      if (page.epoch === room.state.epoch)
        room.state = prependPage(room.state, page);
    } catch (error) {
      codeOf(error);
      room.hasOlderFailed = true;
    } finally {
      room.isFetchingOlder = false;
    }
  }

  function send(roomId: string, text: string): void {
    client?.send(roomId, text);
  }

  function retry(clientMessageId: string): void {
    client?.retry(clientMessageId);
  }

  function discard(clientMessageId: string): void {
    client?.discard(clientMessageId);
  }

  function forget(): void {
    client = undefined;
    opened.clear();
    outbox.value = [];
  }

  function start(roomId: string, page: MessagesPage): void {
    const room = opened.get(roomId);
    if (!room) return;
    const early = room.early.splice(0);
    room.failure = undefined;
    room.state = early.reduce(
      (shown, { events, users }) => applyEvents(shown, events, users),
      startFrom(page),
    );
  }

  return {
    opened,
    outbox,
    listen,
    open,
    fetchOlder,
    send,
    retry,
    discard,
    forget,
  };
});
