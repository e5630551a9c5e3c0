// Is it this one of many that a person is about to do something with? Pointed at, tapped, or focused.

import { ref } from "vue";

/** Follow pointer and focus by the listeners `on`; `isActive` while it is this one. */
export function useAttention() {
  const isActive = ref(false);

  /** A finger leaves with each tap, before the button it is on hears of the tap. */
  function point(event: PointerEvent): void {
    if (event.pointerType !== "touch")
      isActive.value = event.type === "pointerenter";
  }

  /** Some browsers give what is tapped no focus; a button may then give it to something else. */
  function pointerup(event: PointerEvent): void {
    const part = event.currentTarget as HTMLElement;
    if (event.pointerType === "touch" && !part.contains(document.activeElement))
      part.focus({ preventScroll: true });
  }

  function focusin(): void {
    isActive.value = true;
  }

  /** A question that is asked meanwhile gives the focus back to the button that asked it. */
  function focusout(event: FocusEvent): void {
    const part = event.currentTarget as HTMLElement;
    const to = event.relatedTarget as Element | null;
    if (!part.contains(to) && !to?.closest("dialog")) isActive.value = false;
  }

  return {
    isActive,
    on: {
      pointerenter: point,
      pointerleave: point,
      pointerup,
      focusin,
      focusout,
    },
  };
}
