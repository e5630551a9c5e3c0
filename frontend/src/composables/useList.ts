// How is a short list shown that is fetched when somebody looks, and from which lines are taken away?

import { onMounted, ref, type Ref } from "vue";

import { codeOf } from "../stores/refusals";

/** Fetch once the component is there; what is refused is told as a code. */
export function useList<Item>(fetch: () => Promise<Item[]>) {
  const items = ref<Item[]>() as Ref<Item[] | undefined>;
  const failure = ref<string>();
  onMounted(load);

  async function load(): Promise<void> {
    await attempt(async () => {
      items.value = await fetch();
    });
  }

  /** Have a line gone once `act` is done. */
  async function take(item: Item, act: () => Promise<void>): Promise<void> {
    await attempt(async () => {
      await act();
      items.value = items.value?.filter((one) => one !== item);
    });
  }

  async function attempt(run: () => Promise<void>): Promise<void> {
    failure.value = undefined;
    try {
      await run();
    } catch (error) {
      failure.value = codeOf(error);
    }
  }

  return { items, failure, load, take };
}
