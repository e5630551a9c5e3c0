// What does a room show? A page of it as it stood, and every entry that came after.

import type { MessagesPage } from "@teahouse/client";

import type { Message, MessageSent, RoomEvent, User } from "../protocol/frames";
import { mergeMessages } from "./messageList";

/** Something that happened to the room, told in one line between the messages. */
export interface Notice {
  readonly seq: number;
  readonly what: "roomOpened" | "memberJoined" | "memberLeft" | "memberRemoved";
  readonly by: string;
  /** Whom it happened to; the author where nobody else is meant. */
  readonly subject: string;
  readonly at: number;
}

/** One room as it is known here; never changed in place. */
export interface RoomState {
  readonly epoch: string;
  /** Every entry up to here is in it. */
  readonly applied: number;
  /** Ascending, without a repeat; from the oldest page that was fetched on. */
  readonly messages: readonly Message[];
  /** Ascending; only of entries that were applied here, since pages hold none. */
  readonly notices: readonly Notice[];
  /** Whether nothing older can be fetched. */
  readonly isWhole: boolean;
  readonly users: Readonly<Record<string, User>>;
}

/** Begin with the newest page. `head` was read before its messages, so all up to it is in them. */
export function startFrom(page: MessagesPage): RoomState {
  return {
    epoch: page.epoch,
    applied: page.head,
    messages: mergeMessages([], page.messages),
    notices: [],
    isWhole: reachesStart(page),
    users: page.users,
  };
}

/** Put an older page before what is shown. Newer changes that are shown already stay. */
export function prependPage(state: RoomState, page: MessagesPage): RoomState {
  return {
    ...state,
    messages: mergeMessages(page.messages, state.messages),
    isWhole: reachesStart(page),
    users: { ...page.users, ...state.users },
  };
}

/** Apply entries in order; those that are in it already change nothing. */
export function applyEvents(
  state: RoomState,
  events: readonly RoomEvent[],
  users: Readonly<Record<string, User>> = {},
): RoomState {
  const applied = events.reduce(applyEvent, state);
  return Object.keys(users).length === 0
    ? applied
    : { ...applied, users: { ...applied.users, ...users } };
}

/** Apply one entry. Kinds from a newer server move the room on and show nothing. */
export function applyEvent(state: RoomState, event: RoomEvent): RoomState {
  if (event.seq <= state.applied) return state;
  const next: RoomState = { ...state, applied: event.seq };
  switch (event.kind) {
    case "messageSent":
      return {
        ...next,
        messages: mergeMessages(state.messages, [messageOf(event)]),
      };
    case "roomOpened":
      return withNotice(next, event, event.by);
    case "memberJoined":
    case "memberLeft":
    case "memberRemoved":
      return withNotice(next, event, event.userId);
    default:
      return next;
  }
}

/** Tell whether there is something before what is shown. */
export function hasOlder(state: RoomState): boolean {
  return !state.isWhole;
}

/** Give the place before which the next older page ends. */
export function oldestSeq(state: RoomState): number | undefined {
  return state.messages[0]?.seq;
}

/** Make the message that an entry began. */
export function messageOf(event: MessageSent): Message {
  return {
    seq: event.seq,
    by: event.by,
    text: event.text,
    attachments: event.attachments,
    sentAt: event.at,
    reactions: [],
    version: 1,
    number: event.number,
    changedSeq: event.seq,
    clientMessageId: event.clientMessageId,
    ...(event.replyTo === undefined ? {} : { replyTo: event.replyTo }),
  };
}

/** Messages are numbered from 1; an empty page has nothing before it either. */
function reachesStart({ messages }: MessagesPage): boolean {
  return (
    messages.length === 0 || messages.some((message) => message.number === 1)
  );
}

function withNotice(
  state: RoomState,
  event: Exclude<RoomEvent, MessageSent>,
  subject: string,
): RoomState {
  const { seq, kind, by, at } = event;
  return {
    ...state,
    notices: [...state.notices, { seq, what: kind, by, subject, at }],
  };
}
