// What does a room show? A window of its messages, and every entry that came after.

import type { MessagesPage } from "@teahouse/client";

import type {
  Message,
  MessageSent,
  RoleChanged,
  RoomEvent,
  User,
} from "../protocol/frames";
import { asItSays, changeMessages, isChange } from "./changes";
import { mergeMessages } from "./messageList";

/** What is told of a room; of the rest nothing is. */
const NOTICES = [
  "roomOpened",
  "memberJoined",
  "memberLeft",
  "memberRemoved",
  "memberBanned",
  "roomChanged",
  "roomClosed",
] as const;
export type NoticeKind =
  | (typeof NOTICES)[number]
  | `roleChanged.${RoleChanged["role"]}`
  | "memberMuted"
  | "memberUnmuted"
  | "entered"
  | "left";

/** Something that happened to the room, told in one line between the messages. */
export interface Notice {
  readonly seq: number;
  readonly what: NoticeKind;
  readonly by: string;
  /** Whom it happened to; the author where nobody else is meant. */
  readonly subject: string;
  readonly at: number;
  /** How many are here then, where that is told. */
  readonly count?: number;
}

/** Somebody came or went while this page looked: no entry of the log, `seq` is the one before. */
export interface Passing extends Notice {
  readonly key: string;
}

/** One room as it is known here; never changed in place. */
export interface RoomState {
  readonly epoch: string;
  /** Every entry up to here is in it. */
  readonly applied: number;
  /** Ascending, without a repeat or a hole: a window of all that was said. */
  readonly messages: readonly Message[];
  /** Ascending; within the same window. Pages of messages hold none, pages of the log do. */
  readonly notices: readonly Notice[];
  /** Whether nothing older can be fetched. */
  readonly isWhole: boolean;
  /** Whether the window reaches the newest message; then what comes in is added to it. */
  readonly isLive: boolean;
  readonly users: Readonly<Record<string, User>>;
  /** Who reads: some of the emoji are this person's own. */
  readonly readerId: string;
}

/** Begin with the newest page. `head` was read before its messages, so all up to it is in them. */
export function startFrom(page: MessagesPage, readerId = ""): RoomState {
  return {
    epoch: page.epoch,
    applied: page.head,
    messages: mergeMessages([], page.messages),
    notices: [],
    isWhole: reachesStart(page),
    isLive: true,
    users: page.users,
    readerId,
  };
}

/** Begin in the middle, with a page around some place. */
export function startAround(page: MessagesPage, readerId = ""): RoomState {
  return { ...startFrom(page, readerId), isLive: reachesHead(page) };
}

/**
 * Put an older page before what is shown. Newer changes that are shown already stay; `recent`
 * holds the entries that came in while the page was on its way.
 */
export function prependPage(
  state: RoomState,
  page: MessagesPage,
  recent: readonly RoomEvent[] = [],
): RoomState {
  return changeSince(
    {
      ...state,
      messages: mergeMessages(page.messages, state.messages),
      isWhole: reachesStart(page),
      users: { ...page.users, ...state.users },
    },
    recent,
  );
}

/**
 * Put a newer page after what is shown. Where it reaches the newest message, the window is live
 * again: `recent` holds the entries that came in while it was on its way.
 */
export function appendPage(
  state: RoomState,
  page: MessagesPage,
  recent: readonly RoomEvent[],
): RoomState {
  const longer = changeSince(
    {
      ...state,
      messages: mergeMessages(state.messages, page.messages),
      users: { ...state.users, ...page.users },
    },
    recent,
  );
  const isCovered =
    state.applied <= page.head ||
    recent.some(({ seq }) => seq === page.head + 1);
  if (!reachesHead(page) || !isCovered) return longer;
  const live: RoomState = { ...longer, applied: page.head, isLive: true };
  return recent.reduce(applyEvent, live);
}

/** Keep at most `limit` messages, from the end that is being read. */
export function trim(
  state: RoomState,
  limit: number,
  keep: "oldest" | "newest",
): RoomState {
  const { messages, notices } = state;
  if (messages.length <= limit) return state;
  if (keep === "newest") {
    const kept = messages.slice(-limit);
    const first = kept[0]?.seq ?? 0;
    return {
      ...state,
      messages: kept,
      notices: notices.filter(({ seq }) => seq > first),
      isWhole: false,
    };
  }
  const kept = messages.slice(0, limit);
  const last = kept.at(-1)?.seq ?? 0;
  return {
    ...state,
    messages: kept,
    notices: notices.filter(({ seq }) => seq < last),
    isLive: false,
  };
}

/** Put in what happened between the messages, read from the log; nothing outside the window. */
export function addNotices(
  state: RoomState,
  events: readonly RoomEvent[],
  users: Readonly<Record<string, User>>,
): RoomState {
  const first = state.isWhole ? 0 : (state.messages[0]?.seq ?? 0);
  const last = state.isLive ? Infinity : (state.messages.at(-1)?.seq ?? 0);
  const known = new Set(state.notices.map(({ seq }) => seq));
  const added = events
    .map(noticeOf)
    .filter((notice) => notice !== undefined)
    .filter(({ seq }) => seq >= first && seq <= last && !known.has(seq));
  if (added.length === 0) return state;
  return {
    ...state,
    notices: [...state.notices, ...added].sort((a, b) => a.seq - b.seq),
    users: { ...users, ...state.users },
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
  if (isChange(event)) return changeSince(next, [event]);
  // What comes in below a window further up is fetched when one scrolls there.
  if (!state.isLive) return next;
  if (event.kind === "messageSent") {
    return {
      ...next,
      messages: mergeMessages(state.messages, [messageOf(event)]),
    };
  }
  const notice = noticeOf(event);
  return notice ? { ...next, notices: [...state.notices, notice] } : next;
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
  return asItSays({
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
  });
}

/** Give the place after which the next newer page begins. */
export function newestSeq(state: RoomState): number {
  return state.messages.at(-1)?.seq ?? 0;
}

/** Let entries about messages that are shown change them. */
function changeSince(
  state: RoomState,
  events: readonly RoomEvent[],
): RoomState {
  const messages = events
    .filter(isChange)
    .reduce(
      (shown, event) => changeMessages(shown, event, state.readerId),
      state.messages,
    );
  return messages === state.messages ? state : { ...state, messages };
}

/** Messages are numbered from 1; an empty page has nothing before it either. */
function reachesStart({ messages }: MessagesPage): boolean {
  return (
    messages.length === 0 || messages.some((message) => message.number === 1)
  );
}

/** The last entry of the log is in it, or nothing came after. */
function reachesHead({ messages, head }: MessagesPage): boolean {
  return (messages.at(-1)?.seq ?? head) >= head;
}

function noticeOf(event: RoomEvent): Notice | undefined {
  const what = noticeKindOf(event);
  if (!what) return undefined;
  const { seq, by, at } = event;
  const subject = "userId" in event ? event.userId : by;
  return { seq, what, by, subject, at };
}

function noticeKindOf(event: RoomEvent): NoticeKind | undefined {
  if (event.kind === "roleChanged") return `roleChanged.${event.role}`;
  if (event.kind === "memberMuted")
    return event.until === undefined ? "memberUnmuted" : "memberMuted";
  return NOTICES.find((kind) => kind === event.kind);
}
