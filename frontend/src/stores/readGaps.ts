// What does the log hold between the messages of a page? Who came, who went, what was decided.

import {
  fullJitter,
  type EventsPage,
  type MessagesPage,
} from "@teahouse/client";

import { gapsBetween, type Stretch } from "../model/gaps";
import { mayComeYet } from "./refusals";

const PATIENCE_MS = 200; // a warm function has answered by then

/** What becomes of a stretch that did not come at once. */
interface Late {
  /** False once nobody looks at these messages any more. */
  isWanted: () => boolean;
  tell: (log: EventsPage) => void;
}

/**
 * Read from `first` on, or from the page's oldest message. Messages do without it: a stretch that
 * does not come is left out, asked for again until it does or is refused for good, and told late.
 */
export async function readGaps(
  ask: (gap: Stretch) => Promise<EventsPage>,
  { messages }: MessagesPage,
  { first, last }: { first?: number; last: number },
  late: Late,
): Promise<EventsPage[]> {
  const oldest = messages[0];
  const isStart = oldest === undefined || oldest.number === 1;
  const from = first ?? (isStart ? 1 : oldest.seq);
  const seqs = messages.map(({ seq }) => seq);
  const logs = await Promise.all(
    gapsBetween(seqs, from, last).map((gap) => read(() => ask(gap), late)),
  );
  return logs.filter((log) => log !== undefined);
}

/** Wait a moment for `log`: messages that stand alone are moved by what comes between them. */
export function soon(
  log: Promise<EventsPage[]>,
): Promise<EventsPage[] | undefined> {
  const late = new Promise<undefined>((resolve) =>
    setTimeout(() => resolve(undefined), PATIENCE_MS),
  );
  return Promise.race([log, late]);
}

async function read(
  ask: () => Promise<EventsPage>,
  late: Late,
): Promise<EventsPage | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (mayComeYet(error)) void readLate(ask, late);
    return undefined;
  }
}

async function readLate(
  ask: () => Promise<EventsPage>,
  { isWanted, tell }: Late,
): Promise<void> {
  for (let failures = 0; ; failures += 1) {
    const pauseMs = fullJitter(failures, Math.random);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (!isWanted()) return;
    try {
      return tell(await ask());
    } catch (error) {
      if (!mayComeYet(error)) return;
    }
  }
}
