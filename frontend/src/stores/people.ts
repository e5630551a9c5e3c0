// Whom do I know, and how do I reach them, or keep them away?

import { defineStore } from "pinia";
import { ref } from "vue";

import type { Room, User } from "../protocol/frames";
import type { Report, ReportsPage } from "../transport/peopleApi";
import { allPages } from "./pages";
import { codeOf } from "./refusals";
import { useRooms } from "./rooms";
import { useServices } from "./services";

export type { Report };

export const usePeople = defineStore("people", () => {
  const { api } = useServices();
  /** Whom I have blocked, by id; unknown until somebody asks. */
  const blocked = ref<Readonly<Record<string, User>>>();

  /** Talk to one person; the room is there already, or opens on both sides. */
  async function talkTo(userId: string): Promise<Room> {
    const { room } = await api.openDirectRoom(userId);
    useRooms().take(room);
    return room;
  }

  async function loadBlocked(): Promise<void> {
    const pages = await allPages((cursor) => api.blocks(cursor));
    blocked.value = Object.assign({}, ...pages.map(({ users }) => users));
  }

  /** Have them known before they are heard; whoever cannot be asked now is asked the next time. */
  async function knowBlocked(): Promise<void> {
    if (blocked.value) return;
    try {
      await loadBlocked();
    } catch (error) {
      codeOf(error);
    }
  }

  async function block(user: User): Promise<void> {
    await api.block(user.id);
    blocked.value = { ...blocked.value, [user.id]: user };
  }

  async function unblock(userId: string): Promise<void> {
    await api.unblock(userId);
    const { [userId]: _, ...others } = blocked.value ?? {};
    blocked.value = others;
  }

  async function report(
    roomId: string,
    seq: number,
    reason: string,
  ): Promise<void> {
    await api.report({ roomId, seq, ...(reason === "" ? {} : { reason }) });
  }

  /** One page of what was reported; for administrators. */
  function findReports(cursor?: string): Promise<ReportsPage> {
    return api.reports(cursor === undefined ? {} : { cursor });
  }

  function forget(): void {
    blocked.value = undefined;
  }

  return {
    blocked,
    talkTo,
    loadBlocked,
    knowBlocked,
    block,
    unblock,
    report,
    findReports,
    forget,
  };
});
