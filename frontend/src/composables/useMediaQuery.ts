// Does the screen fit a condition, now and later?

import { onUnmounted, readonly, ref, type Ref } from "vue";

/** Follow a media query while the component lives. */
export function useMediaQuery(query: string): Readonly<Ref<boolean>> {
  const list = matchMedia(query);
  const matches = ref(list.matches);
  const notice = () => (matches.value = list.matches);
  list.addEventListener("change", notice);
  onUnmounted(() => list.removeEventListener("change", notice));
  return readonly(matches);
}
