// What stands in a room's list, and in which order? Messages, notices, and what is on its way.

import type { Attachment, Message, Reaction } from "../protocol/frames";
import {
  echoesOf,
  type OutboxItem,
  type SendState,
  sendStateOf,
} from "./outbox";
import type { Notice, Passing, RoomState } from "./roomState";

/** A message as a row shows it; without `seq` while it is on its way. */
export interface ShownMessage {
  kind: "message";
  /** Stays the same from the first echo to the message in the log, so that the row stays too. */
  key: string;
  seq?: number;
  clientMessageId?: string;
  by: string;
  text: string;
  pictures: readonly Attachment[];
  at: number;
  state: SendState;
  /** The code of the refusal, when it failed. */
  refusal?: string;
  isEdited?: boolean;
  isDeleted?: boolean;
  /** What an edit must name; a message is sent as version 1. */
  version: number;
  reactions: readonly Reaction[];
  /** What it answers. */
  quoted?: Quoted;
}

/** A message that another one answers; without `text` when it is not among those fetched. */
export interface Quoted {
  seq: number;
  by?: string;
  text?: string;
  isDeleted?: boolean;
}

/** Something that happened to the room. */
export interface ShownNotice extends Notice {
  kind: "notice";
  key: string;
}

/** The server's lists show the same. */
const PICTURE_SIGN = "🖼️";

export type ShownEntry = ShownMessage | ShownNotice;

/**
 * Merge two ascending lists of messages; of the same message the one that more entries have
 * changed stays, so that a page fetched long ago undoes nothing.
 */
export function mergeMessages(
  one: readonly Message[],
  other: readonly Message[],
): Message[] {
  const merged: Message[] = [];
  let i = 0;
  let j = 0;
  while (i < one.length || j < other.length) {
    const left = one[i];
    const right = other[j];
    if (left && (!right || left.seq < right.seq)) {
      merged.push(left);
      i += 1;
    } else if (right && (!left || right.seq < left.seq)) {
      merged.push(right);
      j += 1;
    } else if (left && right) {
      merged.push(right.changedSeq >= left.changedSeq ? right : left);
      i += 1;
      j += 1;
    }
  }
  return merged;
}

/** Lay out a room: what is in the log by seq, then one's own messages that are on their way. */
export function listEntries(
  state: RoomState,
  outbox: readonly OutboxItem[],
  me: { id: string; roomId: string },
  passings: readonly Passing[] = [],
): ShownEntry[] {
  const find = finderOf(state.messages);
  const messages = state.messages.map((message) =>
    shownMessage(message, me.id, find),
  );
  const notices = state.notices.map(shownNotice);
  const passed = state.isLive ? passings.map(shownPassing) : [];
  const entries = [...messages, ...notices, ...passed].sort(
    (one, other) => seqOf(one) - seqOf(other),
  );
  // Below a window further up there is more than what is on its way.
  if (!state.isLive) return entries;
  const echoes = echoesOf(outbox, me.roomId, state.messages, me.id);
  return [...entries, ...echoes.map((item) => shownEcho(item, me.id, find))];
}

/**
 * Name a row. One's own message keeps the name of its echo; others' client message ids are
 * theirs to choose, so they name nothing here.
 */
export function keyOf(
  { by, seq, clientMessageId }: Message,
  myId: string,
): string {
  return by === myId && clientMessageId
    ? `own-${clientMessageId}`
    : `seq-${seq}`;
}

/** Finds what is answered among the messages that are shown. */
type Find = (seq: number | undefined) => Message | undefined;

function finderOf(messages: readonly Message[]): Find {
  const bySeq = new Map(messages.map((message) => [message.seq, message]));
  return (seq) => (seq === undefined ? undefined : bySeq.get(seq));
}

/** Say of a message what it answers. */
function quote(
  replyTo: number | undefined,
  answered: Message | undefined,
): { quoted?: Quoted } {
  if (replyTo === undefined) return {};
  if (!answered) return { quoted: { seq: replyTo } };
  const { by, deleted: isDeleted = false } = answered;
  return { quoted: { seq: replyTo, by, text: wordsOf(answered), isDeleted } };
}

/** Give what a message says, in a line: pictures without words have a sign. */
export function wordsOf({
  text,
  attachments,
}: Pick<Message, "text" | "attachments">): string {
  return text === "" && attachments.length > 0 ? PICTURE_SIGN : text;
}

interface Shown {
  myId: string;
  answered: Message | undefined;
  shown: ShownMessage;
}

/** What was shown of a message stays the same while it does, so that its row need not change. */
const shownBefore = new WeakMap<Message, Shown>();

function shownMessage(
  message: Message,
  myId: string,
  find: Find,
): ShownMessage {
  const answered = find(message.replyTo);
  const before = shownBefore.get(message);
  if (before?.myId === myId && before.answered === answered)
    return before.shown;
  const shown = showMessage(message, myId, answered);
  shownBefore.set(message, { myId, answered, shown });
  return shown;
}

function showMessage(
  message: Message,
  myId: string,
  answered: Message | undefined,
): ShownMessage {
  const { seq, by, text, sentAt, clientMessageId } = message;
  return {
    kind: "message",
    key: keyOf(message, myId),
    seq,
    ...(clientMessageId === undefined ? {} : { clientMessageId }),
    by,
    text,
    pictures: message.attachments,
    at: sentAt,
    state: "sent",
    version: message.version,
    reactions: message.reactions,
    ...quote(message.replyTo, answered),
    ...(message.editedAt === undefined ? {} : { isEdited: true }),
    ...(message.deleted ? { isDeleted: true } : {}),
  };
}

function shownNotice(notice: Notice): ShownNotice {
  return { kind: "notice", key: `seq-${notice.seq}`, ...notice };
}

function shownPassing(passing: Passing): ShownNotice {
  return { kind: "notice", ...passing };
}

function shownEcho(item: OutboxItem, myId: string, find: Find): ShownMessage {
  const { clientMessageId, text, createdAt, failure } = item;
  return {
    kind: "message",
    key: `own-${clientMessageId}`,
    clientMessageId,
    by: myId,
    text,
    pictures: (item.attachments ?? []).map((id) => ({ id, state: "waiting" })),
    at: createdAt,
    state: sendStateOf(item),
    version: 1,
    reactions: [],
    ...quote(item.replyTo, find(item.replyTo)),
    ...(failure ? { refusal: failure.code } : {}),
  };
}

function seqOf(entry: ShownEntry): number {
  return entry.seq ?? Infinity;
}
