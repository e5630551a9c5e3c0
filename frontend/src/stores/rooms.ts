// Which rooms am I in, what was said there last, and how much have I not read?

import { defineStore } from "pinia";
import { computed, reactive, ref } from "vue";

import { hear, listed, read, unreadIn } from "../model/unread";
import type { Room, RoomEvent, User } from "../protocol/frames";
import { hearRoom } from "./hearRoom";
import { useQuietRooms } from "./quietRooms";
import { Banned, codeOf } from "./refusals";
import { useServices, type ChatClient } from "./services";
import { useSession } from "./session";

export type Online = number | readonly string[];

/** So far a room is looked for in the list of those that are open to everybody. */
const OPEN_PAGES = 20;
/** What was said longer ago says nothing about who is here now. */
export const PRESENT_MS = 60_000;

export const useRooms = defineStore("rooms", () => {
  const { api } = useServices();
  const session = useSession();
  const byId = reactive(new Map<string, Room>());
  const onlineIn = reactive(new Map<string, Online>());
  const isLoaded = ref(false);
  const failure = ref<string>();
  /** When a room came in, so that a new one stands on top although nothing was said in it. */
  const addedAt = new Map<string, number>();
  /** How far the server knows that I have read. */
  const toldSeq = new Map<string, number>();
  let client: ChatClient | undefined;

  /** The liveliest first. */
  const list = computed(() =>
    [...byId.values()].sort((one, other) => livelyAt(other) - livelyAt(one)),
  );
  const unread = computed(() => {
    const { isQuiet } = useQuietRooms();
    return unreadIn([...byId.values()].filter(({ id }) => !isQuiet(id)));
  });

  /** Hear what changes the list, and load it. */
  function listen(opened: ChatClient): void {
    client = opened;
    opened.on("welcome", (welcome) => {
      welcome.rooms.forEach(put);
      if (!welcome.more) isLoaded.value = true;
      else void load();
    });
    opened.on("roomAdded", ({ room }) => take(room));
    opened.on("roomRemoved", ({ roomId }) => remove(roomId));
    opened.on("joinRefused", ({ roomId, code }) => {
      if (code === "not_a_member" || code === "not_found") remove(roomId);
    });
    opened.on("joined", ({ roomId, online }) => onlineIn.set(roomId, online));
    opened.on("frame", (frame) => {
      if (frame.type === "presence") onlineIn.set(frame.roomId, frame.online);
      if (frame.type === "userChanged") showPeer(frame.user);
      if (frame.type !== "read") return;
      toldSeq.set(frame.roomId, frame.seq);
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

  /** Show the rooms as they were seen last; the server tells how they stand when it can. */
  function recall(rooms: readonly Room[]): void {
    rooms.forEach(put);
    isLoaded.value = true;
    failure.value = undefined;
  }

  /** Open a room; what is empty is not said. */
  async function create(form: {
    name: string;
    description: string;
    kind: "private" | "public";
    avatar: string;
  }): Promise<Room> {
    const { name, description, kind, avatar } = form;
    const { room } = await api.createRoom({
      ...{ name, kind },
      ...(description !== "" && { description }),
      ...(avatar !== "" && { avatar }),
    });
    take(room);
    return room;
  }

  /** One page of the rooms that anybody may enter, those I am in too; the newest first. */
  function findPublic(cursor?: string) {
    return api.publicRooms(cursor === undefined ? {} : { cursor });
  }

  /** Find a room that anybody may enter by its id, if there is one. */
  async function findOpen(roomId: string): Promise<Room | undefined> {
    let cursor: string | undefined;
    for (let asked = 0; asked < OPEN_PAGES; asked += 1) {
      const page = await findPublic(cursor);
      const found = page.rooms.find(({ id }) => id === roomId);
      cursor = page.next;
      if (found || cursor === undefined) return found;
    }
    return undefined;
  }

  /** Show what an invitation leads to; a dead one is refused. */
  async function findInvited(code: string) {
    return (await api.invitation(code)).room;
  }

  /** Become a member by invitation; a member already just gets the room. */
  async function join(code: string): Promise<Room> {
    const { room } = await unlessBanned(api.joinRoom({ code }));
    take(room);
    return room;
  }

  /** Become a member of a room that anybody may enter: whoever hears it is in. */
  async function enter({ id, epoch, head }: Room): Promise<Room> {
    await unlessBanned(hearRoom(client, id, { epoch, seq: head }));
    const { room } = await api.room(id);
    take(room);
    return room;
  }

  /** Be a member no more. The list hears of it; so does every other device. */
  async function leave(roomId: string): Promise<void> {
    await api.leaveRoom(roomId);
    remove(roomId);
  }

  /** Replace the invitation code; whoever has the old one cannot use it any more. */
  async function renewCode(roomId: string): Promise<void> {
    const { code } = await api.newCode(roomId);
    change(roomId, (room) => ({ ...room, code }));
  }

  /** Everything up to `seq` was seen. */
  function markRead(roomId: string, seq: number): void {
    change(roomId, (room) => read(room, Math.max(seq, room.readSeq)));
    // What one says oneself is read here at once; the server has to hear of it all the same.
    if (!byId.has(roomId) || seq <= (toldSeq.get(roomId) ?? 0)) return;
    toldSeq.set(roomId, seq);
    client?.markRead(roomId, seq);
  }

  /** A room that is mine from now on, or is something else now. */
  function take(room: Room): void {
    if (!byId.has(room.id)) addedAt.set(room.id, Date.now());
    put(room);
  }

  function put(room: Room): void {
    const known = byId.get(room.id);
    byId.set(room.id, listed(known, room));
    if (known) return;
    toldSeq.set(room.id, room.readSeq);
    client?.joinRoom(room.id, { epoch: room.epoch, seq: room.head });
  }

  function remove(roomId: string): void {
    byId.delete(roomId);
    onlineIn.delete(roomId);
  }

  /** Let an entry of the log show in the list. */
  function note(roomId: string, event: RoomEvent, byName: string): void {
    change(roomId, (room) =>
      hear(room, event, { myId: session.user?.id ?? "", byName }),
    );
    const online = onlineIn.get(roomId);
    if (typeof online === "object")
      onlineIn.set(roomId, presentAfter(online, event));
  }

  function change(roomId: string, make: (room: Room) => Room): void {
    const room = byId.get(roomId);
    if (room) byId.set(roomId, make(room));
  }

  /** Who a direct room is with gives it its name and its picture. */
  function showPeer(peer: User): void {
    for (const room of byId.values())
      if (room.peer?.id === peer.id)
        change(room.id, (known) => ({
          ...known,
          ...{ peer, name: peer.displayName, avatarUrl: peer.avatarUrl },
        }));
  }

  function livelyAt({ id, lastMessage }: Room): number {
    return lastMessage?.sentAt ?? addedAt.get(id) ?? 0;
  }

  function forget(): void {
    client = undefined;
    byId.clear();
    addedAt.clear();
    toldSeq.clear();
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
    recall,
    create,
    findPublic,
    findOpen,
    findInvited,
    join,
    enter,
    leave,
    renewCode,
    markRead,
    take,
    forget,
  };
});

/** Nothing but a ban forbids to come in. */
async function unlessBanned<T>(entering: Promise<T>): Promise<T> {
  try {
    return await entering;
  } catch (error) {
    throw codeOf(error) === "forbidden" ? new Banned() : error;
  }
}

/** Whoever speaks or joins is here; whoever left is not. The server's list is taken when it comes. */
function presentAfter(
  online: readonly string[],
  event: RoomEvent,
): readonly string[] {
  if (
    event.kind === "memberLeft" ||
    event.kind === "memberRemoved" ||
    event.kind === "memberBanned"
  )
    return online.filter((id) => id !== event.userId);
  const isNew =
    event.at > Date.now() - PRESENT_MS &&
    (event.kind === "messageSent" || event.kind === "memberJoined") &&
    !online.includes(event.by);
  return isNew ? [...online, event.by] : online;
}
