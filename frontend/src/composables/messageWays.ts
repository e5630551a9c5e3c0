// What can be done with a message beyond reacting and answering, by whom?

import { ref } from "vue";

import type { ShownMessage } from "../model/messageList";
import { useRoomActions } from "./roomActions";

/** One of them; its name is its label's too. */
export interface Way {
  what: "edit" | "copy.text" | "copy.link" | "report" | "delete";
  icon: "edit" | "copy" | "link" | "flag" | "bin";
  act: () => void;
}

/** Give the ways of a message, and how taking words along went last. */
export function useMessageWays() {
  const actions = useRoomActions();
  const copied = ref<"copied" | "copyFailed">();

  function waysOf(message: ShownMessage, seq: number, isMine: boolean): Way[] {
    const { by, text } = message;
    const ways: (Way | false)[] = [
      isMine && { what: "edit", icon: "edit", act: () => actions.edit(seq) },
      text !== "" && { what: "copy.text", icon: "copy", act: () => copy(text) },
      {
        what: "copy.link",
        icon: "link",
        act: () => copy(actions.linkTo(seq)),
      },
      !isMine && {
        what: "report",
        icon: "flag",
        act: () => actions.report(seq),
      },
      actions.mayDelete(by) && {
        what: "delete",
        icon: "bin",
        act: () => actions.remove(seq),
      },
    ];
    return ways.filter((way) => way !== false);
  }

  async function copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      copied.value = "copied";
    } catch {
      copied.value = "copyFailed";
    }
  }

  return { waysOf, copied };
}
