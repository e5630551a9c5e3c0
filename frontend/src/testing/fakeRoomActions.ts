// What stands in for an open room around a message? Actions that remember what they were asked.

import { vi } from "vitest";

import { ROOM_ACTIONS, type RoomActions } from "../composables/roomActions";

/** The actions, and what to provide so that a component finds them. */
export function fakeRoomActions() {
  const actions = {
    linkTo: (seq) => `https://tea.example/rooms/den/${seq}`,
    mayDelete: vi.fn<RoomActions["mayDelete"]>(() => false),
    reply: vi.fn<RoomActions["reply"]>(),
    edit: vi.fn<RoomActions["edit"]>(),
    remove: vi.fn<RoomActions["remove"]>(),
    react: vi.fn<RoomActions["react"]>(),
    report: vi.fn<RoomActions["report"]>(),
    pick: vi.fn<RoomActions["pick"]>(),
    show: vi.fn<RoomActions["show"]>(),
  } satisfies RoomActions;
  return { actions, provide: { [ROOM_ACTIONS as symbol]: actions } };
}
