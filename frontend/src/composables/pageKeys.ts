// Which way does a key of the composer turn the pages of what was said above it?

/** -1 up, 1 down; nothing where the key has something else to do. */
export function pageTurnOf(event: KeyboardEvent): -1 | 1 | undefined {
  const { key, target, isComposing } = event;
  if (key !== "PageUp" && key !== "PageDown") return undefined;
  // An input method turns the pages of its candidates with the same keys.
  if (isComposing || event.shiftKey || event.ctrlKey || event.altKey)
    return undefined;
  if (!(target instanceof HTMLTextAreaElement)) return undefined;
  if (target.scrollHeight > target.clientHeight) return undefined;
  return key === "PageUp" ? -1 : 1;
}
