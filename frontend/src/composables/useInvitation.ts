// What does an invitation lead to, and may I follow it?

import { ref } from "vue";

import type { Room } from "../protocol/frames";
import { codeOf } from "../stores/refusals";
import { useRooms } from "../stores/rooms";

/** The room behind `code`: `look` shows it, `join` makes me a member of it. */
export function useInvitation(code: () => string) {
  const rooms = useRooms();
  const room = ref<Pick<Room, "id" | "name" | "avatarUrl" | "memberCount">>();
  const failure = ref<string>();
  const isLoading = ref(false);

  async function look(): Promise<void> {
    isLoading.value = true;
    failure.value = undefined;
    try {
      room.value = await rooms.findInvited(code());
    } catch (error) {
      room.value = undefined;
      failure.value = codeOf(error);
    } finally {
      isLoading.value = false;
    }
  }

  async function join(): Promise<Room | undefined> {
    failure.value = undefined;
    try {
      return await rooms.join(code());
    } catch (error) {
      failure.value = codeOf(error);
      return undefined;
    }
  }

  return { room, failure, isLoading, look, join };
}
