// Is somebody holding files over this place, and which do they let go?

import { computed, ref } from "vue";

/** Handlers for the place; files only, not text that is dragged about. */
export function useDrop(take: (files: File[]) => void) {
  // Entering a child comes before leaving its parent.
  const depth = ref(0);

  function holdsFiles(event: DragEvent): boolean {
    return event.dataTransfer?.types.includes("Files") ?? false;
  }

  return {
    isOver: computed(() => depth.value > 0),
    on: {
      dragenter: (event: DragEvent) => {
        if (holdsFiles(event)) depth.value += 1;
      },
      dragleave: (event: DragEvent) => {
        if (holdsFiles(event)) depth.value = Math.max(0, depth.value - 1);
      },
      dragover: (event: DragEvent) => {
        if (holdsFiles(event)) event.preventDefault();
      },
      drop: (event: DragEvent) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        depth.value = 0;
        take([...(event.dataTransfer?.files ?? [])]);
      },
    },
  };
}
