// Who and what is in the tests? The cast, their rooms, and what they say.

import type { MessagesPage } from "@teahouse/client";

import type { ShownMessage } from "../model/messageList";
import type { Message, MessageSent, Room, User } from "../protocol/frames";

export const NOON = new Date(2026, 10, 20, 12, 0, 0).getTime();
export const MINUTE_MS = 60_000;

export const ann = person("ann", "Ann");
export const ben = person("ben", "小本");

export const den: Room = {
  id: "den",
  name: "The den",
  description: "",
  kind: "private",
  avatarUrl: null,
  role: "owner",
  memberCount: 2,
  countedSeq: 1,
  epoch: "e1",
  firstSeq: 1,
  head: 1,
  readSeq: 1,
  unread: 0,
  code: "den-code",
};

/** Somebody with an account. */
export function person(id: string, displayName: string): User {
  return {
    id,
    displayName,
    color: "#0f766e",
    avatarUrl: null,
    kind: "account",
    username: id,
  };
}

/** An entry of the log in which `by` says something. */
export function said(
  seq: number,
  by: User,
  text: string,
  at = NOON,
): MessageSent {
  return {
    seq,
    kind: "messageSent",
    by: by.id,
    at,
    text,
    clientMessageId: `${by.id}-${seq}`,
    number: seq - 1,
    attachments: [],
  };
}

/** A message as a row of the list shows it. */
export function shown(
  seq: number,
  by: User,
  text: string,
  more: Partial<ShownMessage> = {},
): ShownMessage {
  return {
    kind: "message",
    key: `seq-${seq}`,
    seq,
    by: by.id,
    text,
    at: NOON,
    state: "sent",
    version: 1,
    reactions: [],
    pictures: [],
    ...more,
  };
}

/** A page of messages as REST answers it. */
export function page(head: number, ...events: MessageSent[]): MessagesPage {
  return {
    epoch: den.epoch,
    head,
    messages: events.map(messageOf),
    users: { ann, ben },
  };
}

function messageOf(event: MessageSent): Message {
  const { seq, by, at, text, clientMessageId, number, attachments } = event;
  return {
    seq,
    by,
    text,
    sentAt: at,
    clientMessageId,
    number,
    attachments,
    reactions: [],
    version: 1,
    changedSeq: seq,
  };
}
