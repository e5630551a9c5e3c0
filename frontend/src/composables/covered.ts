// How much of a page's top do the notes hang over that come and go? What lies there can be moved.

import {
  inject,
  onMounted,
  onUnmounted,
  provide,
  readonly,
  ref,
  watch,
  type InjectionKey,
  type Ref,
} from "vue";

type Pixels = Readonly<Ref<number>>;

const COVERED: InjectionKey<Pixels> = Symbol("covered");

/** Let the page know how high `notes` is, which hangs over it. */
export function provideCovered(
  notes: Readonly<Ref<HTMLElement | null>>,
): Pixels {
  const height = ref(0);
  const observer = new ResizeObserver(() => {
    height.value = notes.value?.offsetHeight ?? 0;
  });
  onMounted(() => notes.value && observer.observe(notes.value));
  onUnmounted(() => observer.disconnect());
  provide(COVERED, readonly(height));
  return height;
}

/**
 * Keep as much room free at the top of what `scroller` holds, so that one can scroll to what is
 * covered. Nothing that is read moves: room that is in view is taken back another time.
 */
export function useCovered(
  scroller: Readonly<Ref<HTMLElement | null>>,
  isAtEnd: Readonly<Ref<boolean>>,
): Pixels {
  const covered = inject(COVERED, ref(0));
  const room = ref(covered.value);
  let place = 0;
  watch(covered, (now) => {
    place = (scroller.value?.scrollTop ?? 0) + now - room.value;
    if (place >= 0 || isAtEnd.value) room.value = now;
  });
  // A shorter list is cut off at its end by itself, so the place is not told by how much it moves.
  watch(
    room,
    () => {
      if (scroller.value) scroller.value.scrollTop = place;
    },
    { flush: "post" },
  );
  return room;
}
