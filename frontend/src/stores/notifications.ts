// What was I told beside what is said in rooms, and what does everybody hear?

import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";

import { hearTold, type Told } from "../model/notices";
import { codeOf } from "./refusals";
import { useServices, type ChatClient } from "./services";
import { useSettings } from "./settings";

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
    });
    chat.on("frame", (frame) => {
      if (frame.type === "announcement") announcement.value = frame.text;
      if (frame.type === "notification") {
        const { type: _, ...told } = frame;
        hear({ ...told, read: false });
      }
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
    if (document.hidden && useSettings().isNotifying)
      void new Notification(told.title, {
        ...(told.body !== undefined && { body: told.body }),
        tag: told.id,
        icon: "/icon-192.png",
      });
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
    load,
    read,
    forget,
  };
});
