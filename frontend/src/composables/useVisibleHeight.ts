// How high is the page that can be seen? iOS lays its keyboard over a page that stays as it is.

import { onMounted, onUnmounted } from "vue";

/** A keyboard is higher than this; browsers' own bars are not. */
const KEYBOARD_PX = 120;

/** Keep `--visible-height` while a keyboard covers the page, and the page at its top. */
export function useVisibleHeight(): void {
  const viewport = window.visualViewport;
  const root = document.documentElement;

  onMounted(() => {
    viewport?.addEventListener("resize", fit);
    viewport?.addEventListener("scroll", fit);
  });
  onUnmounted(() => {
    viewport?.removeEventListener("resize", fit);
    viewport?.removeEventListener("scroll", fit);
    root.style.removeProperty("--visible-height");
  });

  function fit(): void {
    // Who has zoomed in sees a part of the page, and nothing is covered.
    const isCovered =
      viewport &&
      viewport.scale === 1 &&
      window.innerHeight - viewport.height > KEYBOARD_PX;
    if (!isCovered) return void root.style.removeProperty("--visible-height");
    root.style.setProperty("--visible-height", `${viewport.height}px`);
    window.scrollTo(0, 0);
  }
}
