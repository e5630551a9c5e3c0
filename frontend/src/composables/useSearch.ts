// What was said about something, here or in all my rooms?

import { computed, ref, shallowRef } from "vue";

import { useSearches, type Found } from "../stores/searches";
import { codeOf } from "../stores/refusals";

/** Search as a person does: ask, look at a page, ask for more; a newer question wins. */
export function useSearch() {
  const searches = useSearches();
  const found = shallowRef<readonly Found[]>([]);
  const asked = ref<{ query: string; roomId: string | undefined }>();
  const next = ref<string>();
  const isBusy = ref(false);
  const failure = ref<string>();

  async function search(query: string, roomId?: string): Promise<void> {
    asked.value = { query, roomId };
    found.value = [];
    next.value = undefined;
    await fetchPage();
  }

  async function fetchPage(): Promise<void> {
    const question = asked.value;
    if (!question) return;
    isBusy.value = true;
    failure.value = undefined;
    try {
      const page = await searches.page(
        question.query,
        question.roomId,
        next.value,
      );
      if (asked.value !== question) return;
      found.value = [...found.value, ...page.found];
      next.value = page.next;
    } catch (error) {
      if (asked.value === question) failure.value = codeOf(error);
    } finally {
      if (asked.value === question) isBusy.value = false;
    }
  }

  return {
    found,
    asked: computed(() => asked.value?.query),
    hasMore: computed(() => next.value !== undefined),
    isBusy,
    failure,
    search,
    more: fetchPage,
  };
}
