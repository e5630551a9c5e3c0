/** What stands where in a list of messages? Days, groups, notices and the mark of what is new. */

import type {
  ShownEntry,
  ShownMessage,
  ShownNotice,
} from "../model/messageList";

export const GROUP_MS = 5 * 60 * 1000;

export type MessageRow =
  | { kind: "day"; key: string; at: number }
  | { kind: "new"; key: string }
  | {
      kind: "message";
      key: string;
      message: ShownMessage;
      isFirst: boolean;
      isLast: boolean;
    }
  | {
      kind: "notices";
      key: string;
      notices: readonly ShownNotice[];
    };

/**
 * Lay out `entries`, which are in order. Messages of one author within five minutes of each other
 * form a group; people who come and go next to each other become one line. `newAfter` puts the mark
 * before the first entry beyond that seq.
 */
export function layOutRows(
  entries: readonly ShownEntry[],
  newAfter?: number,
): MessageRow[] {
  const rows: MessageRow[] = [];
  let day: string | undefined;
  let isMarked = newAfter === undefined;

  for (const entry of entries) {
    const entryDay = dayOf(entry.at);
    if (entryDay !== day) {
      rows.push({ kind: "day", key: `day-${entryDay}`, at: entry.at });
      day = entryDay;
    }
    if (!isMarked && entry.seq !== undefined && entry.seq > (newAfter ?? 0)) {
      rows.push({ kind: "new", key: "new" });
      isMarked = true;
    }
    if (entry.kind === "notice") addNotice(rows, entry);
    else addMessage(rows, entry);
  }
  return rows;
}

/** Name the day of `at` where the reader is. */
export function dayOf(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

function addMessage(rows: MessageRow[], message: ShownMessage): void {
  const last = rows.at(-1);
  const isGrouped =
    last?.kind === "message" &&
    last.message.by === message.by &&
    Math.abs(message.at - last.message.at) <= GROUP_MS;
  if (isGrouped) last.isLast = false;
  rows.push({
    kind: "message",
    key: message.key,
    message,
    isFirst: !isGrouped,
    isLast: true,
  });
}

function addNotice(rows: MessageRow[], notice: ShownNotice): void {
  const last = rows.at(-1);
  if (last?.kind === "notices" && last.notices[0]?.what !== "roomOpened") {
    rows[rows.length - 1] = { ...last, notices: [...last.notices, notice] };
  } else {
    rows.push({ kind: "notices", key: notice.key, notices: [notice] });
  }
}
