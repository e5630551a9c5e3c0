/** Where does a list of messages stand? At its end while the reader is there, else where it was. */

import { nextTick, onMounted, onUnmounted, ref, watch, type Ref } from "vue";

/** Near enough to the end to count as being there. */
export const END_PX = 100;

export interface StickToBottom {
  isAtEnd: Readonly<Ref<boolean>>;
  /** Go to the end; whoever is there stays there. */
  scrollToEnd: (behavior?: ScrollBehavior) => void;
}

/**
 * Keep `scroller` at its end while it is there, whatever grows in `content` or around it: new rows,
 * a longer composer, a keyboard that opens. When `firstKey` changes, rows came in above: what is
 * being read stays where it is.
 */
export function useStickToBottom(
  scroller: Readonly<Ref<HTMLElement | null>>,
  content: Readonly<Ref<HTMLElement | null>>,
  firstKey: () => string | undefined,
): StickToBottom {
  const isAtEnd = ref(true);
  let observer: ResizeObserver | undefined;

  onMounted(() => {
    observer = new ResizeObserver(() => {
      if (isAtEnd.value) scrollToEnd();
    });
    if (scroller.value) observer.observe(scroller.value);
    if (content.value) observer.observe(content.value);
    scroller.value?.addEventListener("scroll", notice, { passive: true });
    scrollToEnd();
  });
  onUnmounted(() => {
    observer?.disconnect();
    scroller.value?.removeEventListener("scroll", notice);
  });

  // Runs before the rows are drawn, so the place is measured at the last moment.
  watch(
    firstKey,
    async () => {
      const element = scroller.value;
      if (!element || isAtEnd.value) return;
      const fromEnd = element.scrollHeight - element.scrollTop;
      await nextTick();
      element.scrollTop = element.scrollHeight - fromEnd;
    },
    { flush: "pre" },
  );

  function notice(): void {
    if (scroller.value) isAtEnd.value = distanceToEnd(scroller.value) <= END_PX;
  }

  function scrollToEnd(behavior: ScrollBehavior = "instant"): void {
    scroller.value?.scrollTo({ top: scroller.value.scrollHeight, behavior });
  }

  return { isAtEnd, scrollToEnd };
}

function distanceToEnd(element: HTMLElement): number {
  return element.scrollHeight - element.scrollTop - element.clientHeight;
}
