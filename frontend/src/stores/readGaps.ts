// What does the log hold between the messages of a page? Who came, who went, what was decided.

import type { MessagesPage } from "@teahouse/client";

import { gapsBetween } from "../model/gaps";
import type { ChatApi } from "../transport/chatApi";
import { codeOf } from "./refusals";

/** Read from `first` on, or from the page's oldest message. Messages do without it. */
export async function readGaps(
  api: Pick<ChatApi, "events">,
  roomId: string,
  { messages }: MessagesPage,
  first: number | undefined,
  last: number,
) {
  const oldest = messages[0];
  const isStart = oldest === undefined || oldest.number === 1;
  const from = first ?? (isStart ? 1 : oldest.seq);
  const seqs = messages.map(({ seq }) => seq);
  try {
    return await Promise.all(
      gapsBetween(seqs, from, last).map((gap) => api.events(roomId, gap)),
    );
  } catch (error) {
    codeOf(error);
    return [];
  }
}
