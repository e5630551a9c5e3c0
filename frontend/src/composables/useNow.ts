// Is it later than a moment already? The clock, looked at again when that moment has come.

import { onUnmounted, ref, watch, type Ref } from "vue";

/** A browser's timer holds no more. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Give the time, which is right about everything up to `moment`. */
export function useNow(
  moment: () => number | undefined,
): Readonly<Ref<number>> {
  const now = ref(Date.now());
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(moment, look, { immediate: true });
  onUnmounted(() => clearTimeout(timer));

  function look(): void {
    clearTimeout(timer);
    now.value = Date.now();
    const left = (moment() ?? 0) - now.value;
    if (left > 0) timer = setTimeout(look, Math.min(left, MAX_TIMER_MS));
  }

  return now;
}
