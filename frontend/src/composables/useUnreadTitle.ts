// What does the tab say? The open room, and how much is unread in all of them; the icon too.

import { onUnmounted, watchPostEffect } from "vue";

import { useNotifications } from "../stores/notifications";
import { useRooms } from "../stores/rooms";
import { useText } from "./useText";

const QUIET_ICON = "/favicon.svg";
const UNREAD_ICON = "/favicon-unread.svg";

/** Keep title and icon while the component lives. */
export function useUnreadTitle(roomName: () => string | undefined): void {
  const rooms = useRooms();
  const notifications = useNotifications();
  const { t } = useText();

  const count = () => rooms.unread + notifications.unread;

  // After everything else: who sees what comes in has read it by then.
  watchPostEffect(() => {
    const place = [roomName(), t("app.name")].filter(Boolean).join(" · ");
    document.title = count() > 0 ? `(${count()}) ${place}` : place;
  });
  watchPostEffect(() => showIcon(count() > 0 ? UNREAD_ICON : QUIET_ICON));
  onUnmounted(() => showIcon(QUIET_ICON));
}

function showIcon(href: string): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link && link.getAttribute("href") !== href) link.href = href;
}
