// How much has this person not read, and what does the list say of a room?

import type { Room, RoomChanged, RoomEvent } from "../protocol/frames";
import { wordsOf } from "./messageList";

/** Who reads, and how an author is called. */
export interface Reader {
  myId: string;
  byName: string;
}

/** Let an entry show in the list: one that it knows already changes nothing. */
export function hear(
  room: Room,
  event: RoomEvent,
  { myId, byName }: Reader,
): Room {
  if (event.seq <= room.head) return room;
  const heard: Room = { ...room, head: event.seq };
  switch (event.kind) {
    case "messageSent": {
      const { seq, by, at } = event;
      const text = wordsOf(event);
      heard.lastMessage = { seq, by, byName, text, sentAt: at };
      // What one says oneself is read: whoever writes has seen what was there.
      heard.unread =
        by === myId ? 0 : room.unread + (seq > room.readSeq ? 1 : 0);
      if (by === myId) heard.readSeq = seq;
      return heard;
    }
    case "messageEdited":
      return resaid(heard, event.target, event.text);
    case "messageDeleted":
      return resaid(heard, event.target, "");
    case "memberJoined":
      return counted(heard, event.seq, 1);
    case "memberLeft":
    case "memberRemoved":
    case "memberBanned":
      return counted(heard, event.seq, -1);
    case "roleChanged":
      return event.userId === myId ? { ...heard, role: event.role } : heard;
    case "memberMuted":
      return event.userId === myId ? muted(heard, event.until) : heard;
    case "roomChanged":
      return renamed(heard, event);
    case "roomClosed":
      return { ...heard, closedAt: event.at };
    default:
      return heard;
  }
}

/** What an entry does not name stays as it is. */
function renamed(
  room: Room,
  { name, description, avatar, roomKind }: RoomChanged,
): Room {
  return {
    ...room,
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(avatar !== undefined && {
      avatarUrl: avatar ? `/media/${avatar}` : null,
    }),
    ...(roomKind !== undefined && { kind: roomKind }),
  };
}

/** What was said last reads otherwise now; what was deleted reads as nothing. */
function resaid(room: Room, target: number, text: string): Room {
  const { lastMessage } = room;
  return lastMessage?.seq === target
    ? { ...room, lastMessage: { ...lastMessage, text } }
    : room;
}

/** Until when one may not write, if at all. */
function muted(room: Room, until: number | undefined): Room {
  const { mutedUntil: _, ...free } = room;
  return until === undefined ? free : { ...free, mutedUntil: until };
}

/** Count somebody in or out, unless the number the server gave has done so already. */
function counted(room: Room, seq: number, change: number): Room {
  if (seq <= room.countedSeq) return room;
  return { ...room, memberCount: room.memberCount + change, countedSeq: seq };
}

/** Everything up to `seq` was seen; `unread` is what is left. A read position only grows. */
export function read(room: Room, seq: number, unread = 0): Room {
  if (seq < room.readSeq || (seq === room.readSeq && unread >= room.unread))
    return room;
  return { ...room, readSeq: seq, unread };
}

/**
 * Take a room as the server lists it. The list may be older than what was heard and read here: it
 * was made before this person's last `markRead` arrived, and its `head` may lag.
 */
export function listed(known: Room | undefined, room: Room): Room {
  if (known?.epoch !== room.epoch) return room;
  const counted = room.countedSeq >= known.countedSeq ? room : known;
  const further = room.head > known.head ? room : known;
  const { head, lastMessage } = further;
  return {
    ...room,
    head,
    ...(lastMessage && { lastMessage }),
    ...unreadOf(further, Math.max(room.readSeq, known.readSeq), [known, room]),
    memberCount: counted.memberCount,
    countedSeq: counted.countedSeq,
  };
}

/** Nobody leaves unread what is read up to the head; else whoever has read further counts. */
function unreadOf(
  { head, unread }: Room,
  readSeq: number,
  looks: readonly Room[],
): Pick<Room, "readSeq" | "unread"> {
  if (readSeq >= head) return { readSeq, unread: 0 };
  const counts = looks
    .filter((look) => look.head === head && look.readSeq === readSeq)
    .map((look) => look.unread);
  return { readSeq, unread: counts.length > 0 ? Math.min(...counts) : unread };
}

/** Count what has not been read in all rooms. */
export function unreadIn(rooms: Iterable<Room>): number {
  let count = 0;
  for (const room of rooms) count += room.unread;
  return count;
}
