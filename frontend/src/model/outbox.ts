// Which of my messages are on their way, and how far? The client package owns their life:
//
//     pending --first frame--> sending --acknowledged, or seen--> sent
//                              |  ^  |
//                   same id -- +--+  +--refused for good--------> failed
//                     again          +--24 h, or entries gone---> unknown

import type { OutboxItem } from "@teahouse/client";

import type { Message } from "../protocol/frames";

export type { OutboxItem };

/** How a row shows it: `queued` has not been tried yet. */
export type SendState = "queued" | "sending" | "sent" | "failed" | "unknown";

/** Tell what a row shows of an item. */
export function sendStateOf({ state }: OutboxItem): SendState {
  return state === "pending" ? "queued" : state;
}

/** Tell whether the person has to decide: say it again, or let it go. */
export function needsDecision({ state }: OutboxItem): boolean {
  return state === "failed" || state === "unknown";
}

/** List a room's items that the log does not show yet, in the order of sending. */
export function echoesOf(
  items: readonly OutboxItem[],
  roomId: string,
  messages: readonly Message[],
  myId: string,
): OutboxItem[] {
  const mine = items.filter((item) => item.roomId === roomId);
  if (mine.length === 0) return [];
  const shown = new Set(
    messages
      .filter(({ by }) => by === myId)
      .map(({ clientMessageId }) => clientMessageId),
  );
  return mine.filter((item) => !shown.has(item.clientMessageId));
}
