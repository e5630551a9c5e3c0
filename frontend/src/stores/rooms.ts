// Which rooms am I in, what was said there last, and how much have I not read?

import { defineStore } from "pinia";
import { computed, reactive, ref } from "vue";

import { hear, listed, read, unreadIn } from "../model/unread";
import type { Room, RoomEvent } from "../protocol/frames";
import { codeOf } from "./refusals";
import { useServices, type ChatClient } from "./services";
import { useSession } from "./session";

export type Online = number | readonly string[];

export const useRooms = defineStore("rooms", () => {
  const { api } = useServices();
  const session = useSession();
  const byId = reactive(new Map<string, Room>());
  const onlineIn = reactive(new Map<string, Online>());
  const isLoaded = ref(false);
  const failure = ref<string>();
  let client: ChatClient | undefined;

  /** Most recently spoken in first. */
  const list = computed(() =>
    [...byId.values()].sort((a, b) => lastAt(b) - lastAt(a)),
  );
  const unread = computed(() => unreadIn(byId.values()));

  /** Hear what changes the list, and load it. */
  function listen(opened: ChatClient): void {
    client = opened;
    opened.on("welcome", (welcome) => {
      welcome.rooms.forEach(put);
      if (!welcome.more) isLoaded.value = true;
      else void load();
    });
    opened.on("roomAdded", ({ room }) => put(room));
    opened.on("roomRemoved", ({ roomId }) => byId.delete(roomId));
    opened.on("joined", ({ roomId, online }) => onlineIn.set(roomId, online));
    opened.on("frame", (frame) => {
      if (frame.type !== "read") return;
      change(frame.roomId, (room) => read(room, frame.seq, frame.unread));
    });
    opened.on("events", ({ roomId, events, users }) => {
      for (const event of events)
        note(roomId, event, users[event.by]?.displayName ?? "");
    });
    opened.on("reset", ({ roomId, snapshot }) => {
      const { epoch, head } = snapshot;
      change(roomId, (room) => ({ ...room, epoch, head }));
    });
    void load();
  }

  /** Fetch all my rooms, page by page. */
  async function load(): Promise<void> {
    const asked = client;
    failure.value = undefined;
    try {
      let cursor: string | undefined;
      do {
        const page = await api.rooms(cursor === undefined ? {} : { cursor });
        if (client !== asked) return;
        page.rooms.forEach(put);
        cursor = page.next;
      } while (cursor !== undefined);
      isLoaded.value = true;
    } catch (error) {
      failure.value = codeOf(error);
    }
  }

  async function create(form: {
    name: string;
    description: string;
  }): Promise<Room> {
    const { room } = await api.createRoom(
      form.description === "" ? { name: form.name } : form,
    );
    put(room);
    return room;
  }

  /** Show what an invitation leads to; a dead one is refused. */
  async function findInvited(code: string) {
    return (await api.invitation(code)).room;
  }

  /** Become a member by invitation; a member already just gets the room. */
  async function join(code: string): Promise<Room> {
    const { room } = await api.joinRoom({ code });
    put(room);
    return room;
  }

  /** Everything up to `seq` was seen. */
  function markRead(roomId: string, seq: number): void {
    const room = byId.get(roomId);
    if (!room || (seq <= room.readSeq && room.unread === 0)) return;
    change(roomId, () => read(room, Math.max(seq, room.readSeq)));
    client?.markRead(roomId, seq);
  }

  function put(room: Room): void {
    const known = byId.get(room.id);
    byId.set(room.id, listed(known, room));
    if (!known)
      client?.joinRoom(room.id, { epoch: room.epoch, seq: room.head });
  }

  /** Let an entry of the log show in the list. */
  function note(roomId: string, event: RoomEvent, byName: string): void {
    change(roomId, (room) =>
      hear(room, event, { myId: session.user?.id ?? "", byName }),
    );
  }

  function change(roomId: string, make: (room: Room) => Room): void {
    const room = byId.get(roomId);
    if (room) byId.set(roomId, make(room));
  }

  function forget(): void {
    client = undefined;
    byId.clear();
    onlineIn.clear();
    isLoaded.value = false;
    failure.value = undefined;
  }

  return {
    byId,
    onlineIn,
    list,
    unread,
    isLoaded,
    failure,
    listen,
    load,
    create,
    findInvited,
    join,
    markRead,
    forget,
  };
});

function lastAt(room: Room): number {
  return room.lastMessage?.sentAt ?? 0;
}
