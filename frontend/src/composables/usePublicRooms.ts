// Which rooms may anybody enter, and in which of them am I?

import { computed, ref } from "vue";

import type { Room } from "../protocol/frames";
import { codeOf } from "../stores/refusals";
import { useRooms } from "../stores/rooms";

/** Follow the list of public rooms; what is asked of one room is told by its id. */
export function usePublicRooms() {
  const rooms = useRooms();
  const found = ref<Room[]>([]);
  const next = ref<string>();
  const isLoading = ref(false);
  const failure = ref<string>();
  /** The room that is being entered, or that did not let one in. */
  const entering = ref<string>();
  const refusal = ref<string>();

  /** Fetch the first page, or the one after what is here. */
  async function load(): Promise<void> {
    isLoading.value = true;
    failure.value = undefined;
    try {
      const page = await rooms.findPublic(next.value);
      const known = new Set(found.value.map(({ id }) => id));
      found.value.push(...page.rooms.filter(({ id }) => !known.has(id)));
      next.value = page.next;
    } catch (error) {
      failure.value = codeOf(error);
    } finally {
      isLoading.value = false;
    }
  }

  /** Be a member of it; undefined when that was refused. */
  async function enter(room: Room): Promise<Room | undefined> {
    const mine = rooms.byId.get(room.id);
    if (mine) return mine;
    entering.value = room.id;
    refusal.value = undefined;
    try {
      return await rooms.enter(room);
    } catch (error) {
      refusal.value = codeOf(error);
      return undefined;
    }
  }

  return {
    found,
    hasMore: computed(() => next.value !== undefined),
    isLoading,
    failure,
    entering,
    refusal,
    load,
    enter,
    isMine: (room: Room) => rooms.byId.has(room.id),
  };
}
