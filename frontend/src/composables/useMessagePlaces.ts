// How is a place in the list of messages brought into view: a message, what is new, a page on?

import { ref, type Ref } from "vue";

/** Of the height, so that a line stays to read on from. */
const PAGE_SHARE = 0.9;

/** Move `scroller` to a place; `litSeq` is the message that was gone to last. */
export function useMessagePlaces(scroller: Readonly<Ref<HTMLElement | null>>) {
  const litSeq = ref<number>();

  /** Bring a message into the middle, and light it. */
  function scrollToSeq(seq: number): void {
    find(`[data-seq="${seq}"]`)?.scrollIntoView({ block: "center" });
    litSeq.value = seq;
    focusSeq(seq);
  }

  function focusSeq(seq: number): void {
    find(`[data-seq="${seq}"]`)?.focus({ preventScroll: true });
  }

  /** Show where the new messages begin; false when that is not among those shown. */
  function scrollToMark(): boolean {
    const mark = find("[data-testid=new-mark]");
    mark?.scrollIntoView({ block: "center" });
    scroller.value?.focus({ preventScroll: true });
    return mark !== null;
  }

  function turnPage(by: -1 | 1): void {
    const height = scroller.value?.clientHeight ?? 0;
    scroller.value?.scrollBy({ top: by * height * PAGE_SHARE });
  }

  function find(selector: string): HTMLElement | null {
    return scroller.value?.querySelector<HTMLElement>(selector) ?? null;
  }

  return { litSeq, focusSeq, scrollToSeq, scrollToMark, turnPage };
}
