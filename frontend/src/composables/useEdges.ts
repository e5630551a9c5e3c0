// Has the reader come near an edge of what was fetched? Then there is more to fetch.

import { nextTick, onMounted, onUnmounted, watch, type Ref } from "vue";

/** An end of the list: what stands there, and whether more lies beyond it. */
export interface Edge {
  mark: Readonly<Ref<HTMLElement | null>>;
  hasMore: () => boolean;
  isFetching: () => boolean;
  hasFailed: () => boolean;
  fetch: () => void;
}

/** How near is near: so far before it comes into view. */
const MARGIN = "600px 0px";

/** Ask for more whenever an edge comes near; a failed one waits for the person. */
export function useEdges(
  scroller: Readonly<Ref<HTMLElement | null>>,
  edges: readonly Edge[],
): void {
  let observer: IntersectionObserver | undefined;

  onMounted(() => {
    observer = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          const edge = edges.find(({ mark }) => mark.value === target);
          if (isIntersecting && edge && edge.hasMore() && !edge.isFetching())
            edge.fetch();
        }
      },
      { root: scroller.value, rootMargin: MARGIN },
    );
    edges.forEach(look);
  });
  onUnmounted(() => observer?.disconnect());

  // An observer speaks only of changes: look again when a page did not fill the screen.
  for (const edge of edges) {
    watch([edge.isFetching, edge.hasMore], () => {
      if (!edge.isFetching() && !edge.hasFailed())
        void nextTick(() => look(edge));
    });
  }

  function look({ mark }: Edge): void {
    if (!mark.value) return;
    observer?.unobserve(mark.value);
    observer?.observe(mark.value);
  }
}
