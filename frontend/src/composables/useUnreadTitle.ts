// What does the tab say? The open room, and how much is unread in all of them; the icon too.

import { onUnmounted, watchEffect } from "vue";

import { useRooms } from "../stores/rooms";
import { useText } from "./useText";

const QUIET_ICON = "/favicon.svg";
const UNREAD_ICON = "/favicon-unread.svg";

/** Keep title and icon while the component lives. */
export function useUnreadTitle(roomName: () => string | undefined): void {
  const rooms = useRooms();
  const { t } = useText();

  watchEffect(() => {
    const place = [roomName(), t("app.name")].filter(Boolean).join(" · ");
    document.title = rooms.unread > 0 ? `(${rooms.unread}) ${place}` : place;
  });
  watchEffect(() => showIcon(rooms.unread > 0 ? UNREAD_ICON : QUIET_ICON));
  onUnmounted(() => showIcon(QUIET_ICON));
}

function showIcon(href: string): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link && link.getAttribute("href") !== href) link.href = href;
}
