// How does a room stand that was opened, and who passed by in it?

import { shallowReactive } from "vue";

import type { Passing, RoomState } from "../model/roomState";
import type { Presence } from "../protocol/frames";

/** One room that was opened; `state` is missing until its first page has come. */
export interface OpenedRoom {
  state: RoomState | undefined;
  /** Why its page has not come; it is asked for again when the timer says so. */
  failure: string | undefined;
  retryTimer: ReturnType<typeof setTimeout> | undefined;
  /** As it was seen last; how it stands is asked when somebody answers. */
  isRecalled: boolean;
  /** Who came and went since the room was opened, the latest of them. */
  passings: readonly Passing[];
  isFetchingOlder: boolean;
  hasOlderFailed: boolean;
  isFetchingNewer: boolean;
  hasNewerFailed: boolean;
}

/** So many who came and went are told of. */
const PASSINGS = 40;

let passed = 0;

export function openedRoom(known: Partial<OpenedRoom> = {}): OpenedRoom {
  return shallowReactive({
    state: undefined,
    failure: undefined,
    retryTimer: undefined,
    isRecalled: false,
    passings: [],
    isFetchingOlder: false,
    hasOlderFailed: false,
    isFetchingNewer: false,
    hasNewerFailed: false,
    ...known,
  });
}

/** Tell who entered and who went away, behind what is shown now. */
export function tellPassing(
  room: OpenedRoom,
  { entered, left, online, users }: Presence,
): void {
  if (!room.state) return;
  const { applied } = room.state;
  const count = typeof online === "number" ? online : online.length;
  const tell = (what: "entered" | "left", ids: readonly string[] = []) =>
    ids.map((id) => ({
      ...{ what, key: `passing-${(passed += 1)}`, seq: applied, count },
      ...{ by: id, subject: id, at: Date.now() },
    }));
  room.passings = [
    ...room.passings,
    ...tell("entered", entered),
    ...tell("left", left),
  ].slice(-PASSINGS);
  room.state = { ...room.state, users: { ...room.state.users, ...users } };
}
