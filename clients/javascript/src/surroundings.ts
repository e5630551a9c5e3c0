// Is somebody looking, and is there a network?

import type { Surroundings } from "./ports.js";

/** The page's visibility and network; without a page, somebody is always looking. */
export const pageSurroundings: Surroundings = {
  isVisible: () =>
    typeof document === "undefined" || document.visibilityState === "visible",
  isOnline: () => globalThis.navigator?.onLine !== false,
  watch(listener) {
    if (typeof document === "undefined") return () => {};
    document.addEventListener("visibilitychange", listener);
    for (const kind of ["online", "offline", "pageshow"])
      addEventListener(kind, listener);
    return () => {
      document.removeEventListener("visibilitychange", listener);
      for (const kind of ["online", "offline", "pageshow"])
        removeEventListener(kind, listener);
    };
  },
};
