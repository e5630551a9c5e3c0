// What can be done with a message where it stands? The view of its room provides it.

import { inject, provide, type InjectionKey } from "vue";

/** By the message's place in the log. */
export interface RoomActions {
  /** The address that leads to it, for members of the room. */
  linkTo: (seq: number) => string;
  mayDelete: (authorId: string) => boolean;
  reply: (seq: number) => void;
  edit: (seq: number) => void;
  remove: (seq: number) => void;
  react: (seq: number, emoji: string, isOn: boolean) => void;
  /** Tell who keeps order that it should not be there. */
  report: (seq: number) => void;
  /** Choose an emoji for it among all. */
  pick: (seq: number) => void;
  /** Bring it into view. */
  show: (seq: number) => void;
}

export const ROOM_ACTIONS: InjectionKey<RoomActions> = Symbol("room actions");

/** Where no room is around, nothing can be done. */
const NONE: RoomActions = {
  linkTo: () => "",
  mayDelete: () => false,
  reply: () => {},
  edit: () => {},
  remove: () => {},
  react: () => {},
  report: () => {},
  pick: () => {},
  show: () => {},
};

export function provideRoomActions(actions: RoomActions): void {
  provide(ROOM_ACTIONS, actions);
}

export function useRoomActions(): RoomActions {
  return inject(ROOM_ACTIONS, NONE);
}
