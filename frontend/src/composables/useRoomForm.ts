// How is a room called, what is it about, and who may enter? Opening and changing it ask the same.

import { ref } from "vue";

import {
  MAX_DESCRIPTION_CHARS,
  MAX_ROOM_NAME_CHARS,
  type Room,
} from "../protocol/frames";
import { useForm } from "./useForm";

export type Openness = Exclude<Room["kind"], "direct">;

export interface RoomWords {
  name: string;
  description: string;
  kind: Openness;
}

/** Begin with `room`, or with an empty form; `send` rejects with a refusal. */
export function useRoomForm(
  room: Pick<Room, "name" | "description" | "kind"> | undefined,
  send: (words: RoomWords) => Promise<void>,
) {
  const name = ref(room?.name ?? "");
  const description = ref(room?.description ?? "");
  const kind = ref<Openness>(room?.kind === "public" ? "public" : "private");

  const form = useForm<"name" | "description">({
    fields: { name, description },
    check() {
      const nameChars = [...name.value.trim()].length;
      const descriptionChars = [...description.value.trim()].length;
      return {
        ...((nameChars === 0 || nameChars > MAX_ROOM_NAME_CHARS) && {
          name: "field.roomName.invalid" as const,
        }),
        ...(descriptionChars > MAX_DESCRIPTION_CHARS && {
          description: "field.description.invalid" as const,
        }),
      };
    },
    submit: () =>
      send({
        name: name.value.trim(),
        description: description.value.trim(),
        kind: kind.value,
      }),
    explain(_code, field) {
      if (field === "name") return { field, key: "field.roomName.invalid" };
      if (field === "description")
        return { field, key: "field.description.invalid" };
      return undefined;
    },
  });

  return { name, description, kind, form };
}
