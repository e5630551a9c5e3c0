// What does the tab say? The open room, and how much is unread in all of them.

import { watchEffect } from "vue";

import { useRooms } from "../stores/rooms";
import { useText } from "./useText";

/** Keep the title while the component lives. */
export function useUnreadTitle(roomName: () => string | undefined): void {
  const rooms = useRooms();
  const { t } = useText();

  watchEffect(() => {
    const place = [roomName(), t("app.name")].filter(Boolean).join(" · ");
    document.title = rooms.unread > 0 ? `(${rooms.unread}) ${place}` : place;
  });
}
