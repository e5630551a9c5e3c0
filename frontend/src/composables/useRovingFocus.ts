// How does one walk through the messages by keyboard? Up and down; the list is one stop of Tab.

import type { Ref } from "vue";

/** Give the key handler of `list`, whose items match `selector` and can be focused. */
export function useRovingFocus(
  list: Readonly<Ref<HTMLElement | null>>,
  selector: string,
): (event: KeyboardEvent) => void {
  return (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey)
      return;
    const items = [
      ...(list.value?.querySelectorAll<HTMLElement>(selector) ?? []),
    ];
    if (items.length === 0) return;
    const at = items.findIndex((item) => item.contains(document.activeElement));
    const next = at === -1 ? items.at(-1) : items[at + step];
    event.preventDefault();
    next?.focus();
  };
}
