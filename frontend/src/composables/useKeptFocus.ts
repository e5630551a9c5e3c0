// Does a line of a list keep the focus when it rises? Browsers take it from what is moved.

import { onBeforeUpdate, onUpdated, type Ref } from "vue";

/** Give the focus back to what had it within `box` and still stands there after an update. */
export function useKeptFocus(box: Readonly<Ref<HTMLElement | null>>): void {
  let focused: HTMLElement | undefined;
  onBeforeUpdate(() => {
    const active = document.activeElement;
    const isInside =
      active instanceof HTMLElement && box.value?.contains(active) === true;
    focused = isInside ? active : undefined;
  });
  onUpdated(() => {
    if (focused?.isConnected && document.activeElement !== focused)
      focused.focus({ preventScroll: true });
  });
}
