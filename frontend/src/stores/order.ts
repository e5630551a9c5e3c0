// How is a room kept in order? Roles, mutes, bans, and what the room is called. Others hear of it
// as entries of the log, and so does this page.

import { defineStore } from "pinia";

import type { Member } from "../protocol/frames";
import type { Ban, RoomChange } from "../transport/peopleApi";
import { allPages } from "./pages";
import { useMembers } from "./members";
import { useRooms } from "./rooms";
import { useServices } from "./services";

export const useOrder = defineStore("order", () => {
  const { api } = useServices();

  async function changeRole(
    roomId: string,
    userId: string,
    role: Member["role"],
  ): Promise<void> {
    await api.changeRole(roomId, userId, role);
    useMembers().correct(roomId, userId, { role });
  }

  /** Let somebody write no more for so long; 0: let them write again. */
  async function mute(
    roomId: string,
    userId: string,
    forMs: number,
  ): Promise<void> {
    const until = forMs === 0 ? null : Date.now() + forMs;
    await api.mute(roomId, userId, until);
    useMembers().correct(roomId, userId, { mutedUntil: until ?? 0 });
  }

  /** Take somebody out, and keep them out. */
  async function ban(roomId: string, userId: string): Promise<void> {
    await api.ban(roomId, userId);
    useMembers().leave(roomId, userId);
  }

  /** Who may not come in, whatever they are invited by. */
  async function listBans(roomId: string): Promise<Ban[]> {
    const pages = await allPages((cursor) => api.bans(roomId, cursor));
    return pages.flatMap(({ bans }) => bans);
  }

  /** Whoever was banned may come in again by an invitation. */
  async function liftBan(roomId: string, userId: string): Promise<void> {
    await api.liftBan(roomId, userId);
  }

  async function changeRoom(roomId: string, form: RoomChange): Promise<void> {
    useRooms().take((await api.changeRoom(roomId, form)).room);
  }

  /** Nobody writes there any more. */
  async function closeRoom(roomId: string): Promise<void> {
    await api.closeRoom(roomId);
  }

  return {
    changeRole,
    mute,
    ban,
    listBans,
    liftBan,
    changeRoom,
    closeRoom,
  };
});
