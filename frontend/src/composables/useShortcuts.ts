// Which keys do something wherever one is? The sheet lists them all.

import { onMounted, onUnmounted } from "vue";

import type { TextKey } from "../i18n/translate";
import { focusRegion } from "./regions";

/** Every shortcut by what it does; `Mod` is Ctrl, and Command on a Mac. */
export const SHORTCUTS: readonly { keys: readonly string[]; does: TextKey }[] =
  [
    { keys: ["Mod+K"], does: "shortcuts.switch" },
    { keys: ["Mod+Shift+F"], does: "shortcuts.search" },
    { keys: ["Alt+↑", "Alt+↓"], does: "shortcuts.neighbour" },
    { keys: ["Alt+Shift+↑", "Alt+Shift+↓"], does: "shortcuts.unread" },
    { keys: ["Ctrl+F6", "Ctrl+Shift+F6"], does: "shortcuts.region" },
    { keys: ["Esc"], does: "shortcuts.latest" },
    { keys: ["↑", "↓"], does: "shortcuts.walk" },
    { keys: ["Page ↑", "Page ↓"], does: "shortcuts.page" },
    { keys: ["Enter"], does: "shortcuts.send" },
    { keys: ["Shift+Enter"], does: "shortcuts.line" },
    { keys: ["↑"], does: "shortcuts.editLast" },
    { keys: ["Mod+B", "Mod+I", "Mod+E"], does: "shortcuts.format" },
    { keys: ["Mod+Shift+U"], does: "shortcuts.upload" },
    { keys: ["Mod+/", "?"], does: "shortcuts.sheet" },
  ];

export interface ShortcutActions {
  switchRoom: () => void;
  search: () => void;
  /** The room above (-1) or below (1) in the list; only unread ones, or all. */
  step: (by: 1 | -1, isUnread: boolean) => void;
  showSheet: () => void;
  /** To the newest message, all read. */
  showLatest: () => void;
}

/** Act on shortcuts while the component lives; an open dialog has the keys for itself. */
export function useShortcuts(actions: ShortcutActions): void {
  onMounted(() => document.addEventListener("keydown", act));
  onUnmounted(() => document.removeEventListener("keydown", act));

  function act(event: KeyboardEvent): void {
    if (event.isComposing || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    action();
  }

  function actionOf(event: KeyboardEvent): (() => void) | undefined {
    const { key, altKey, shiftKey } = event;
    const isMod = event.ctrlKey || event.metaKey;
    if (key === "Escape") return actions.showLatest;
    if (isMod && !altKey && key.toLowerCase() === "k")
      return actions.switchRoom;
    if (isMod && !altKey && shiftKey && key.toLowerCase() === "f")
      return actions.search;
    if (isMod && !altKey && key === "/") return actions.showSheet;
    if (isMod && key === "F6") return () => focusRegion(shiftKey ? -1 : 1);
    if (altKey && !isMod && (key === "ArrowUp" || key === "ArrowDown"))
      return () => actions.step(key === "ArrowUp" ? -1 : 1, shiftKey);
    // A single character is a shortcut only where nobody types (WCAG 2.1.4).
    if (key === "?" && !isMod && !altKey && !isTyping(event.target))
      return actions.showSheet;
    return undefined;
  }
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("input, textarea, select, [contenteditable]") !== null
  );
}
