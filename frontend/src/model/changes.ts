// What do later entries make of a message? Other words, none at all, or emoji under it.

import type {
  Attachment,
  AttachmentSettled,
  Message,
  MessageDeleted,
  MessageEdited,
  Reaction,
  ReactionAdded,
  ReactionRemoved,
  RoomEvent,
} from "../protocol/frames";

/** An entry about a message that was said before. */
export type ChangeEvent =
  | MessageEdited
  | MessageDeleted
  | ReactionAdded
  | ReactionRemoved
  | AttachmentSettled;

/** Tell whether an entry changes a message. */
export function isChange(event: RoomEvent): event is ChangeEvent {
  return (
    event.kind === "messageEdited" ||
    event.kind === "messageDeleted" ||
    event.kind === "reactionAdded" ||
    event.kind === "reactionRemoved" ||
    event.kind === "attachmentSettled"
  );
}

/**
 * Change the message an entry is about, if it is among these. What is in it already changes
 * nothing, and nothing brings back what was deleted.
 */
export function changeMessages(
  messages: readonly Message[],
  event: ChangeEvent,
  readerId: string,
): readonly Message[] {
  const at = messages.findIndex(({ seq }) => seq === event.target);
  const message = messages[at];
  if (!message || message.deleted || message.changedSeq >= event.seq)
    return messages;
  return messages.with(at, changed(message, event, readerId));
}

function changed(
  message: Message,
  event: ChangeEvent,
  readerId: string,
): Message {
  const later = { ...message, changedSeq: event.seq };
  switch (event.kind) {
    case "messageEdited": {
      const { text, version, at } = event;
      return asItSays({ ...later, text, version, editedAt: at });
    }
    case "messageDeleted":
      return asItSays({ ...later, text: "", attachments: [] });
    case "attachmentSettled":
      return { ...later, attachments: settled(message, event.attachment) };
    default:
      return {
        ...later,
        reactions: counted(message.reactions, event, readerId),
      };
  }
}

/** Nothing is left of what was deleted; in a room that is closed nothing else tells so. */
export function asItSays(message: Message): Message {
  return message.text || message.attachments.length > 0
    ? message
    : { ...message, reactions: [], deleted: true };
}

function settled(message: Message, known: Attachment): Attachment[] {
  return message.attachments.map((one) => (one.id === known.id ? known : one));
}

function counted(
  reactions: readonly Reaction[],
  { kind, emoji, by }: ReactionAdded | ReactionRemoved,
  readerId: string,
): Reaction[] {
  const isAdded = kind === "reactionAdded";
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  const count = (known?.count ?? 0) + (isAdded ? 1 : -1);
  const mine = by === readerId ? isAdded : (known?.mine ?? false);
  if (!known)
    return isAdded ? [...reactions, { emoji, count, mine }] : [...reactions];
  return reactions
    .map((one) => (one === known ? { emoji, count, mine } : one))
    .filter((one) => one.count > 0);
}
