// Whom do I know, and how do I reach them, or keep them away?

import { defineStore } from "pinia";

import type { Room, User } from "../protocol/frames";
import { useRooms } from "./rooms";
import { useServices } from "./services";

export const usePeople = defineStore("people", () => {
  const { api } = useServices();

  /** Find people one shares a room with, by a part of a name. */
  async function find(query: string): Promise<User[]> {
    const page = await api.users(query === "" ? {} : { query });
    return page.users;
  }

  /** Talk to one person; the room is there already, or opens on both sides. */
  async function talkTo(userId: string): Promise<Room> {
    const { room } = await api.openDirectRoom(userId);
    useRooms().take(room);
    return room;
  }

  async function block(userId: string): Promise<void> {
    await api.block(userId);
  }

  async function report(
    roomId: string,
    seq: number,
    reason: string,
  ): Promise<void> {
    await api.report({ roomId, seq, ...(reason === "" ? {} : { reason }) });
  }

  return { find, talkTo, block, report };
});
