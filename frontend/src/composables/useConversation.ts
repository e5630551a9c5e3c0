// What does an open room show right now? What is in its log, then what is on its way.

import { computed } from "vue";

import { listEntries } from "../model/messageList";
import { hasOlder } from "../model/roomState";
import { useMessages } from "../stores/messages";
import { useSession } from "../stores/session";

/** Follow one room; everything is missing until its first page has come. */
export function useConversation(roomId: () => string) {
  const messages = useMessages();
  const session = useSession();
  const opened = computed(() => messages.opened.get(roomId()));

  return computed(() => {
    const state = opened.value?.state;
    const me = session.user;
    if (!state || !me) return undefined;
    return {
      entries: listEntries(
        state,
        messages.outbox,
        { id: me.id, roomId: roomId() },
        opened.value?.passings,
      ),
      users: { ...state.users, [me.id]: me },
      hasOlder: hasOlder(state),
      isLive: state.isLive,
    };
  });
}
