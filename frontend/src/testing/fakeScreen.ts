// How wide is the screen of a test? As wide as it says, for every media query about width.

import { vi } from "vitest";

/** Answer `(min-width: …px)` for a screen of `widthPx`; all else does not match. Unstub globals after. */
export function fakeScreen(widthPx: number): void {
  vi.stubGlobal("matchMedia", (media: string) => {
    const [, min] = /^\(min-width: (\d+)px\)$/.exec(media) ?? [];
    const matches = min !== undefined && Number(min) <= widthPx;
    return Object.assign(new EventTarget(), { media, matches });
  });
}
