// What was I told beside what is said in rooms, and what does everybody hear?

import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";

import { wordsOf } from "../model/messageList";
import { hearTold, isNamedIn, type Told } from "../model/notices";
import { plainWords } from "../model/plainWords";
import type { Room, RoomEvent, User } from "../protocol/frames";
import { chime } from "./chime";
import { usePeople } from "./people";
import { useQuietRooms } from "./quietRooms";
import { codeOf } from "./refusals";
import { useRooms } from "./rooms";
import { useServices, type ChatClient } from "./services";
import { useSession } from "./session";
import { useSettings } from "./settings";

/** What was said longer ago is caught up with, and interrupts nobody. */
const FRESH_MS = 60_000;

export const useNotifications = defineStore("notifications", () => {
  const { api } = useServices();
  const list = shallowRef<readonly Told[]>([]);
  const unread = ref(0);
  const failure = ref<string>();
  /** What an administrator tells everybody, until it is closed. */
  const announcement = ref<string>();

  function listen(chat: ChatClient): void {
    chat.on("welcome", (welcome) => {
      unread.value = welcome.unreadNotifications;
      if (unread.value > 0) void load();
    });
    chat.on("events", ({ roomId, events, users }) => {
      for (const event of events) overhear(roomId, event, users);
    });
    chat.on("frame", (frame) => {
      if (frame.type === "announcement") announcement.value = frame.text;
      if (frame.type === "notification") {
        const { type: _, ...told } = frame;
        hear({ ...told, read: false });
      }
    });
  }

  /** What somebody says while nobody looks sounds; said to me alone, the browser shows it too. */
  function overhear(
    roomId: string,
    event: RoomEvent,
    users: Readonly<Record<string, User>>,
  ): void {
    if (!document.hidden || event.kind !== "messageSent") return;
    if (event.by === useSession().user?.id) return;
    if (event.at < Date.now() - FRESH_MS) return;
    if (useQuietRooms().isQuiet(roomId)) return;
    if (usePeople().blocked?.[event.by]) return;
    interrupt();
    if (useRooms().byId.get(roomId)?.kind !== "direct") return;
    const said = plainWords(wordsOf(event));
    show(roomId, users[event.by]?.displayName ?? "", said);
  }

  /** Sound, where that is wished for. */
  function interrupt(): void {
    if (useSettings().isSounding) chime();
  }

  function show(tag: string, title: string, body: string | undefined): void {
    if (!document.hidden || !useSettings().isNotifying) return;
    void new Notification(title, {
      ...(body !== undefined && { body }),
      ...{ tag, icon: "/icon-192.png" },
    });
  }

  /** Fetch what came while nobody was here. */
  async function load(): Promise<void> {
    failure.value = undefined;
    try {
      const page = await api.notifications();
      list.value = page.notifications;
      unread.value = page.unread;
    } catch (error) {
      failure.value = codeOf(error);
    }
  }

  /** All of it was seen. What came in meanwhile stays marked as new in the list until it is closed. */
  async function read(): Promise<void> {
    if (unread.value === 0) return;
    unread.value = 0;
    try {
      await api.readNotifications();
    } catch (error) {
      codeOf(error);
    }
  }

  function hear(told: Told): void {
    const after = hearTold(list.value, told);
    if (after === list.value) return;
    list.value = after;
    unread.value += 1;
    interrupt();
    show(told.id, told.title, told.body);
  }

  /** Whether somebody has named me in what I have not read of it. */
  function namesMe(room: Room): boolean {
    return isNamedIn(list.value, room);
  }

  function forget(): void {
    list.value = [];
    unread.value = 0;
    failure.value = undefined;
    announcement.value = undefined;
  }

  return {
    list,
    unread,
    failure,
    announcement,
    listen,
    namesMe,
    load,
    read,
    forget,
  };
});
