// Where does one read in an open room: at the end, at what is new, or where a link leads?

import { nextTick, onMounted, onUnmounted, ref, watch, type Ref } from "vue";

import type { Room } from "../protocol/frames";
import { useMessages } from "../stores/messages";

/** What the list of messages can bring into view. */
export interface Scroll {
  scrollToEnd: () => void;
  scrollToSeq: (seq: number) => void;
  /** False where the mark of what is new is not loaded. */
  scrollToMark: () => boolean;
}

/** Open `room`, at the message of `seq` where there is one, and follow what is new in it. */
export function useReading(
  room: () => Room,
  seq: () => number | undefined,
  list: Readonly<Ref<Scroll | null>>,
) {
  const messages = useMessages();
  // The mark of what is new stays where it was when the room was opened.
  const newAfter = ref(room().unread > 0 ? room().readSeq : undefined);
  const newCount = ref(room().unread);

  onMounted(async () => {
    document.addEventListener("visibilitychange", lookAway);
    if (seq() === undefined) await messages.open(room().id);
  });
  onUnmounted(() => document.removeEventListener("visibilitychange", lookAway));
  watch(
    seq,
    (wanted) => {
      if (wanted !== undefined) void showSeq(wanted);
    },
    { immediate: true },
  );

  /** Whoever says something has seen what was new. */
  function showSent(): void {
    newAfter.value = undefined;
    newCount.value = 0;
    void showLatest();
  }

  async function showLatest(): Promise<void> {
    await messages.showLatest(room().id);
    await nextTick();
    list.value?.scrollToEnd();
  }

  async function showSeq(wanted: number): Promise<void> {
    await messages.showAround(room().id, wanted);
    await nextTick();
    list.value?.scrollToSeq(wanted);
  }

  async function showFirstUnread(): Promise<void> {
    if (newAfter.value === undefined) return;
    if (list.value?.scrollToMark()) return;
    await messages.showAround(room().id, newAfter.value);
    await nextTick();
    list.value?.scrollToMark();
  }

  /** What comes while nobody looks is new when one looks again. */
  function lookAway(): void {
    if (!document.hidden || room().unread > 0) return;
    newAfter.value = room().head;
    newCount.value = 0;
  }

  return { newAfter, newCount, showSent, showLatest, showSeq, showFirstUnread };
}
