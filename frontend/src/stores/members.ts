// Who is in a room? Fetched when somebody looks, and kept right by what is heard.

import { defineStore } from "pinia";
import { reactive } from "vue";

import type { Member, RoomEvent, User } from "../protocol/frames";
import { codeOf } from "./refusals";
import { PRESENT_MS, useRooms } from "./rooms";
import { useServices, type ChatClient } from "./services";

/** The members of one room; whoever is known of stays there while they are fetched anew. */
export interface MemberList {
  members: Member[];
  isLoading: boolean;
  failure: string | undefined;
}

export const useMembers = defineStore("members", () => {
  const { api } = useServices();
  const lists = reactive(new Map<string, MemberList>());

  function listen(chat: ChatClient): void {
    chat.on("events", ({ roomId, events, users }) => {
      const list = lists.get(roomId);
      if (list) for (const event of events) note(list, event, users);
    });
    chat.on("joined", ({ roomId, online }) => {
      const list = lists.get(roomId);
      if (!list || typeof online === "number") return;
      list.members = list.members.map((member) => ({
        ...member,
        online: online.includes(member.user.id),
      }));
    });
    chat.on("frame", (frame) => {
      if (frame.type !== "userChanged") return;
      const { user } = frame;
      for (const list of lists.values())
        list.members = changed(list.members, user.id, { user });
    });
    chat.on("frame", (frame) => {
      const list = frame.type === "presence" && lists.get(frame.roomId);
      if (!list || typeof frame.online === "number") return;
      const { online } = frame;
      list.members = list.members.map((member) => ({
        ...member,
        online: online.includes(member.user.id),
      }));
    });
    chat.on("roomRemoved", ({ roomId }) => lists.delete(roomId));
  }

  /** Fetch all members of a room, page by page. */
  async function load(roomId: string): Promise<void> {
    if (!lists.has(roomId))
      lists.set(roomId, { members: [], isLoading: false, failure: undefined });
    const list = lists.get(roomId)!;
    list.isLoading = true;
    list.failure = undefined;
    try {
      const members: Member[] = [];
      let cursor: string | undefined;
      do {
        const page = await api.members(roomId, cursor ? { cursor } : {});
        members.push(...page.members);
        cursor = page.next;
      } while (cursor !== undefined);
      list.members = members;
      useRooms().onlineIn.set(roomId, onlineOf(members));
    } catch (error) {
      list.failure = codeOf(error);
    } finally {
      list.isLoading = false;
    }
  }

  /** Take somebody out of a room. */
  async function remove(roomId: string, userId: string): Promise<void> {
    await api.removeMember(roomId, userId);
    leave(roomId, userId);
  }

  /** Somebody is a member no more. */
  function leave(roomId: string, userId: string): void {
    const list = lists.get(roomId);
    if (list) list.members = without(list.members, userId);
  }

  /** What is known of a member is otherwise now. */
  function correct(
    roomId: string,
    userId: string,
    change: Partial<Member>,
  ): void {
    const list = lists.get(roomId);
    if (list) list.members = changed(list.members, userId, change);
  }

  function forget(): void {
    lists.clear();
  }

  return { lists, listen, load, remove, leave, correct, forget };
});

function note(
  list: MemberList,
  event: RoomEvent,
  users: Readonly<Record<string, User>>,
): void {
  switch (event.kind) {
    case "memberJoined": {
      const user = users[event.userId];
      if (!user) return;
      list.members = [
        ...without(list.members, user.id),
        { user, role: "member", online: true },
      ];
      return;
    }
    case "memberLeft":
    case "memberRemoved":
    case "memberBanned":
      list.members = without(list.members, event.userId);
      return;
    case "roleChanged":
      list.members = changed(list.members, event.userId, { role: event.role });
      return;
    case "memberMuted":
      list.members = changed(list.members, event.userId, {
        mutedUntil: event.until ?? 0,
      });
      return;
    case "messageSent":
      if (event.at <= Date.now() - PRESENT_MS) return;
      list.members = list.members.map((member) =>
        member.user.id === event.by ? { ...member, online: true } : member,
      );
      return;
    default:
  }
}

function changed(
  members: readonly Member[],
  userId: string,
  change: Partial<Member>,
): Member[] {
  return members.map((member) =>
    member.user.id === userId ? { ...member, ...change } : member,
  );
}

function onlineOf(members: readonly Member[]): string[] {
  return members.filter(({ online }) => online).map(({ user }) => user.id);
}

function without(members: readonly Member[], userId: string): Member[] {
  return members.filter(({ user }) => user.id !== userId);
}
