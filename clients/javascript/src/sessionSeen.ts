// When was the session last seen alive? A client remembers, or all tabs of a browser together.

import type { SessionSeen } from "./ports.js";

const KEY = "teahouse.sessionSeen";

/** The memory of one client: nobody else has its session. */
export function ownSessionSeen(): SessionSeen {
  let seenAt = 0;
  return { read: () => seenAt, write: (atMs) => void (seenAt = atMs) };
}

/**
 * The memory of all tabs, which share the cookie: `localStorage`. Where it is full or forbidden,
 * each tab has its own.
 */
export function tabsSessionSeen(
  storage: Pick<Storage, "getItem" | "setItem">,
): SessionSeen {
  const own = ownSessionSeen();
  return {
    read() {
      try {
        return Math.max(own.read(), Number(storage.getItem(KEY)) || 0);
      } catch {
        return own.read();
      }
    },
    write(atMs) {
      try {
        storage.setItem(KEY, `${atMs}`);
        own.write(0);
      } catch {
        own.write(atMs);
      }
    },
  };
}
