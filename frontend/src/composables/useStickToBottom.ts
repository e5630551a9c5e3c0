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
 * a longer composer, a keyboard that opens. Elsewhere, what is being read stays where it is while
 * `rows` come and go above and below: children of `content` with `data-anchor` hold the place.
 * While `isLive` is false there is more below than is shown, so nothing is the end.
 */
export function useStickToBottom(
  scroller: Readonly<Ref<HTMLElement | null>>,
  content: Readonly<Ref<HTMLElement | null>>,
  { rows, isLive }: { rows: () => unknown; isLive: () => boolean },
): StickToBottom {
  const isAtEnd = ref(isLive());
  let observer: ResizeObserver | undefined;

  onMounted(() => {
    observer = new ResizeObserver(() => {
      if (isAtEnd.value) scrollToEnd();
    });
    if (scroller.value) observer.observe(scroller.value);
    if (content.value) observer.observe(content.value);
    scroller.value?.addEventListener("scroll", notice, { passive: true });
    if (isAtEnd.value) scrollToEnd();
  });
  onUnmounted(() => {
    observer?.disconnect();
    scroller.value?.removeEventListener("scroll", notice);
  });

  // Runs before the rows are drawn, so the place is measured at the last moment.
  watch(
    rows,
    async () => {
      const element = scroller.value;
      const wasAtEnd = isAtEnd.value;
      const anchor = wasAtEnd ? undefined : findAnchor();
      await nextTick();
      if (!element) return;
      // What came in may be taller than "near enough": who was at the end has not left it.
      if (wasAtEnd && isLive()) scrollToEnd();
      else if (anchor?.row.isConnected)
        element.scrollTop += topOf(anchor.row) - anchor.top;
      notice();
    },
    { flush: "pre" },
  );

  function findAnchor(): { row: Element; top: number } | undefined {
    const edge = scroller.value ? topOf(scroller.value) : 0;
    for (const row of content.value?.children ?? []) {
      if (!row.hasAttribute("data-anchor")) continue;
      const { top, bottom } = row.getBoundingClientRect();
      if (bottom > edge) return { row, top };
    }
    return undefined;
  }

  function notice(): void {
    if (!scroller.value) return;
    isAtEnd.value = isLive() && distanceToEnd(scroller.value) <= END_PX;
  }

  function scrollToEnd(behavior: ScrollBehavior = "instant"): void {
    scroller.value?.scrollTo({ top: scroller.value.scrollHeight, behavior });
  }

  return { isAtEnd, scrollToEnd };
}

function topOf(element: Element): number {
  return element.getBoundingClientRect().top;
}

function distanceToEnd(element: HTMLElement): number {
  return element.scrollHeight - element.scrollTop - element.clientHeight;
}
