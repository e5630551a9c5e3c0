// Has the reader seen where the new messages begin? Until then there is a way to it.

import { nextTick, onMounted, onUnmounted, ref, watch, type Ref } from "vue";

/** Follow the mark `[data-testid=new-mark]` in `scroller`. */
export function useNewMark(
  scroller: Readonly<Ref<HTMLElement | null>>,
  { rows, newCount }: { rows: () => unknown; newCount: () => number },
): { isMarkAway: Readonly<Ref<boolean>> } {
  const isMarkAway = ref(false);
  let wasSeen = false;
  let mark: Element | null = null;
  let observer: IntersectionObserver | undefined;

  onMounted(() => {
    observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) wasSeen = true;
        tell();
      },
      { root: scroller.value },
    );
    find();
  });
  onUnmounted(() => observer?.disconnect());
  watch([rows, newCount], () => nextTick(find));

  function find(): void {
    const found =
      scroller.value?.querySelector("[data-testid=new-mark]") ?? null;
    if (found !== mark) {
      if (mark) observer?.unobserve(mark);
      if (found) observer?.observe(found);
      mark = found;
    }
    // Further up than what was fetched; the observer tells of a mark that is here.
    if (!mark || newCount() === 0) tell();
  }

  function tell(): void {
    if (newCount() === 0) wasSeen = false;
    isMarkAway.value = newCount() > 0 && !wasSeen;
  }

  return { isMarkAway };
}
