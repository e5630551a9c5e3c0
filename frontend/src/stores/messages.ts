// What was said in the rooms that were opened, and what is still on its way?

import {
  fullJitter,
  type EventsPage,
  type MessageChange,
  type MessagesPage,
  type OutboxItem,
  type SendExtra,
} from "@teahouse/client";
import { defineStore } from "pinia";
import { shallowReactive, shallowRef } from "vue";

import {
  addNotices,
  appendPage,
  applyEvents,
  newestSeq,
  oldestSeq,
  prependPage,
  startAround,
  startFrom,
  trim,
  type RoomState,
} from "../model/roomState";
import type { Presence, User } from "../protocol/frames";
import { openedRoom, tellPassing, type OpenedRoom } from "./openedRoom";
import { readGaps, soon } from "./readGaps";
import { recentEvents } from "./recentEvents";
import { codeOf, mayComeYet } from "./refusals";
import { useRooms } from "./rooms";
import { useServices, type ChatClient } from "./services";
import { useSession } from "./session";

export const PAGE_MESSAGES = 50;
/** How many messages a room holds at once; the far end goes first. */
export const WINDOW_MESSAGES = 300;
/** Trimming a row at a time would be work at each message. */
const LEEWAY_MESSAGES = 50;

export const useMessages = defineStore("messages", () => {
  const { api } = useServices();
  // A state is never changed in place: following every word in it would be work for nothing.
  const opened = shallowReactive(new Map<string, OpenedRoom>());
  const outbox = shallowRef<readonly OutboxItem[]>([]);
  const recent = recentEvents();
  let client: ChatClient | undefined;

  /** Hear what is said, and where one's own messages stand. */
  function listen(chat: ChatClient): void {
    client = chat;
    outbox.value = chat.outboxItems;
    chat.on("outbox", ({ items }) => (outbox.value = [...items]));
    chat.on("state", ({ state }) => {
      if (state !== "connected") return;
      for (const [roomId, room] of opened)
        if (room.isRecalled) void showPage(roomId);
    });
    chat.on("events", ({ roomId, events, users }) => {
      const room = opened.get(roomId);
      if (!room) return;
      recent.add(roomId, { events, users });
      if (room.state) room.state = applyEvents(room.state, events, users);
    });
    chat.on("frame", (frame) => {
      if (frame.type === "presence") passBy(frame);
      if (frame.type === "userChanged") show(frame.user);
    });
    chat.on("reset", ({ roomId, snapshot }) => {
      recent.forget(roomId);
      if (opened.has(roomId))
        start(roomId, startFrom(snapshot, readerId()), snapshot.head);
    });
    chat.on("roomRemoved", ({ roomId }) => {
      opened.delete(roomId);
      recent.forget(roomId);
    });
  }

  /** Tell who entered and who went away, where everybody is welcome; elsewhere a number says it. */
  function passBy(presence: Presence): void {
    const room = opened.get(presence.roomId);
    const isPublic = useRooms().byId.get(presence.roomId)?.kind === "public";
    if (room && isPublic) tellPassing(room, presence);
  }

  /** Somebody is called or looks otherwise: what they said is signed so at once. */
  function show(user: User): void {
    for (const room of opened.values())
      if (room.state?.users[user.id])
        room.state = {
          ...room.state,
          users: { ...room.state.users, [user.id]: user },
        };
  }

  /** Show a room: fetch its newest page, unless it is here already. */
  async function open(roomId: string): Promise<void> {
    const room = opened.get(roomId);
    if (room?.state && !room.isRecalled) return;
    if (!opened.has(roomId)) opened.set(roomId, openedRoom());
    await showPage(roomId);
  }

  /** Show conversations as they were seen last. */
  function recall(states: Readonly<Record<string, RoomState>>): void {
    for (const [roomId, state] of Object.entries(states))
      opened.set(roomId, openedRoom({ state, isRecalled: true }));
  }

  /** Every conversation that is open, by its room. */
  function states(): Record<string, RoomState> {
    const shown: Record<string, RoomState> = {};
    for (const [roomId, { state }] of opened) if (state) shown[roomId] = state;
    return shown;
  }

  /** Show the newest messages of an open room, wherever its window stood. */
  async function showLatest(roomId: string): Promise<void> {
    if (!opened.get(roomId)?.state?.isLive) await showPage(roomId);
  }

  /** Show what was said around a place in the log. */
  async function showAround(roomId: string, seq: number): Promise<void> {
    if (!opened.has(roomId)) opened.set(roomId, openedRoom());
    const state = opened.get(roomId)?.state;
    if (state?.messages.some((message) => message.seq === seq)) return;
    await showPage(roomId, seq);
  }

  /**
   * Fetch a page and show it. One that does not come is asked for again until it does, unless
   * another is shown: who reads that is not taken elsewhere later.
   */
  async function showPage(
    roomId: string,
    around?: number,
    failures = 0,
  ): Promise<void> {
    const room = opened.get(roomId);
    if (!room) return;
    clearTimeout(room.retryTimer);
    if (failures === 0) room.failure = undefined;
    try {
      const page = await api.messages(roomId, {
        limit: PAGE_MESSAGES,
        ...(around === undefined ? {} : { around }),
      });
      const begun =
        around === undefined
          ? startFrom(page, readerId())
          : startAround(page, readerId());
      const told = readLog(roomId, page, { last: page.head });
      // What comes along moves nothing. Where nobody has said a word, it is all there is to show.
      const log = await (page.messages.length === 0 ? told : soon(told));
      start(roomId, begun, page.head);
      tellNotices(roomId, page.epoch, log ?? (await told));
    } catch (error) {
      room.failure = codeOf(error);
      const isAnotherShown = room.state !== undefined && !room.isRecalled;
      if (!mayComeYet(error) || isAnotherShown) return;
      const again = () => {
        if (opened.get(roomId) === room)
          void showPage(roomId, around, failures + 1);
      };
      room.retryTimer = setTimeout(again, fullJitter(failures, Math.random));
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
      const log = await readLog(roomId, page, { last: before - 1 });
      // The room may have started afresh meanwhile: then the page leads nowhere.
      if (page.epoch === room.state.epoch && oldestSeq(room.state) === before) {
        room.state = log.reduce(
          (state, { events, users }) => addNotices(state, events, users),
          trim(
            prependPage(room.state, page, recent.of(roomId).events),
            WINDOW_MESSAGES,
            "oldest",
          ),
        );
      }
    } catch (error) {
      codeOf(error);
      room.hasOlderFailed = true;
    } finally {
      room.isFetchingOlder = false;
    }
  }

  /** Fetch the page after the newest message shown, where the window ends before the room does. */
  async function fetchNewer(roomId: string): Promise<void> {
    const room = opened.get(roomId);
    if (!room?.state || room.state.isLive || room.isFetchingNewer) return;
    const after = newestSeq(room.state);
    room.isFetchingNewer = true;
    room.hasNewerFailed = false;
    try {
      const page = await api.messages(roomId, { after, limit: PAGE_MESSAGES });
      const log = await readLog(roomId, page, {
        first: after + 1,
        last: page.head,
      });
      if (page.epoch === room.state.epoch && newestSeq(room.state) === after) {
        room.state = log.reduce(
          (state, { events, users }) => addNotices(state, events, users),
          trim(
            appendPage(room.state, page, recent.of(roomId).events),
            WINDOW_MESSAGES,
            "newest",
          ),
        );
      }
    } catch (error) {
      codeOf(error);
      room.hasNewerFailed = true;
    } finally {
      room.isFetchingNewer = false;
    }
  }

  /** Let go of what is far from the reader, who stands at the newest message or further up. */
  function trimWindow(roomId: string, isAtEnd: boolean): void {
    const room = opened.get(roomId);
    if (!room?.state) return;
    if (room.state.messages.length <= WINDOW_MESSAGES + LEEWAY_MESSAGES) return;
    const keep = isAtEnd ? "newest" : "oldest";
    room.state = trim(room.state, WINDOW_MESSAGES, keep);
  }

  /** Say something, perhaps with pictures, or in answer to a message. */
  function send(roomId: string, text: string, extra: SendExtra = {}): void {
    client?.send(roomId, text, extra);
  }

  /** Edit, delete or react; rejects with a refusal. */
  async function change(change: MessageChange): Promise<void> {
    await client?.change(change);
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
    recent.forgetAll();
    outbox.value = [];
  }

  function readerId(): string {
    return useSession().user?.id ?? "";
  }

  /** Show `begun`, made from a page that holds all up to `head`, and what came in since. */
  function start(roomId: string, begun: RoomState, head: number): void {
    const room = opened.get(roomId);
    if (!room) return;
    const { events, users } = recent.of(roomId);
    room.failure = undefined;
    room.isRecalled = false;
    room.state = applyEvents(
      begun,
      events.filter(({ seq }) => seq > head),
      users,
    );
  }

  /** Read what happened between the messages of a page; what comes late is told by itself. */
  function readLog(
    roomId: string,
    page: MessagesPage,
    range: { first?: number; last: number },
  ): Promise<EventsPage[]> {
    const { epoch } = page;
    return readGaps((gap) => api.events(roomId, gap), page, range, {
      isWanted: () => opened.get(roomId)?.state?.epoch === epoch,
      tell: (log) => tellNotices(roomId, epoch, [log]),
    });
  }

  /** A page of messages came first; who came and went between them follows. */
  function tellNotices(
    roomId: string,
    epoch: string,
    log: readonly EventsPage[],
  ): void {
    const room = opened.get(roomId);
    if (room?.state?.epoch !== epoch) return;
    for (const { events, users } of log)
      room.state = addNotices(room.state, events, users);
  }

  return {
    opened,
    outbox,
    listen,
    open,
    recall,
    states,
    showLatest,
    showAround,
    fetchOlder,
    fetchNewer,
    trimWindow,
    send,
    change,
    retry,
    discard,
    forget,
  };
});
