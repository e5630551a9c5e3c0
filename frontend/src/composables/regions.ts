// Which parts does the page have for the keyboard? Marked by `data-region`, walked in their order.

const FOCUSABLE = "[tabindex], a[href], button, input, textarea";

/** Go to the next part that is on screen, or to the one before. */
export function focusRegion(by: 1 | -1): void {
  const regions = [
    ...document.querySelectorAll<HTMLElement>("[data-region]"),
  ].filter((region) => region.checkVisibility());
  const at = regions.findIndex((region) =>
    region.contains(document.activeElement),
  );
  const start = at === -1 && by === -1 ? 0 : at;
  const next = regions[(start + by + regions.length) % regions.length];
  placeIn(next)?.focus();
}

/** Where one was in it, else its first stop. */
function placeIn(region: HTMLElement | undefined) {
  if (region?.matches(FOCUSABLE)) return region;
  return (
    region?.querySelector<HTMLElement>("[aria-current=page]") ??
    region?.querySelector<HTMLElement>(FOCUSABLE)
  );
}
