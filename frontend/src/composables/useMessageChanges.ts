// What is being done with a message of an open room: answered, edited, deleted, reacted to?

import type { MessageChange } from "@teahouse/client";
import { computed, ref } from "vue";

import type { Room } from "../protocol/frames";
import { useMessages } from "../stores/messages";
import { codeOf } from "../stores/refusals";
import { useSession } from "../stores/session";

/** A message that one is about to answer or edit. */
export interface Aim {
  kind: "reply" | "edit";
  seq: number;
}

/** Follow what this person does with messages of `room`; refusals are told as codes. */
export function useMessageChanges(room: () => Room) {
  const messages = useMessages();
  const session = useSession();
  const aim = ref<Aim>();
  const editText = ref("");
  const removing = ref<number>();
  const picking = ref<number>();
  const reporting = ref<number>();
  const refusal = ref<string>();

  const shown = computed(
    () => messages.opened.get(room().id)?.state?.messages ?? [],
  );
  const aimedAt = computed(() => find(aim.value?.seq));

  function find(seq: number | undefined) {
    return shown.value.find((message) => message.seq === seq);
  }

  function reply(seq: number): void {
    aim.value = { kind: "reply", seq };
  }

  function edit(seq: number): void {
    aim.value = { kind: "edit", seq };
    editText.value = find(seq)?.text ?? "";
  }

  /** Edit what one said last, if that is still here. */
  function editLast(): void {
    const mine = shown.value.findLast(
      ({ by, deleted }) => by === session.user?.id && !deleted,
    );
    if (mine) edit(mine.seq);
  }

  function cancel(): void {
    aim.value = undefined;
    refusal.value = undefined;
  }

  /** Carry out an edit; what was typed stays until it is done. */
  async function saveEdit(text: string): Promise<void> {
    const message = aimedAt.value;
    if (!message) return cancel();
    const { seq, version } = message;
    if (
      text === message.text ||
      (await change({ action: "editMessage", seq, version, text }))
    )
      cancel();
  }

  /** Rejects with a refusal: the question that asked tells it. */
  async function remove(): Promise<void> {
    const seq = removing.value;
    if (seq === undefined) return;
    await messages.change({
      action: "deleteMessage",
      roomId: room().id,
      seq,
    });
  }

  async function react(
    seq: number,
    emoji: string,
    isOn: boolean,
  ): Promise<void> {
    await change({ action: "react", seq, emoji, on: isOn });
  }

  /** Tell whether it was done. */
  async function change(change: WithoutRoom<MessageChange>): Promise<boolean> {
    refusal.value = undefined;
    try {
      await messages.change({ ...change, roomId: room().id } as MessageChange);
      return true;
    } catch (error) {
      refusal.value = codeOf(error);
      return false;
    }
  }

  function mayDelete(authorId: string): boolean {
    const { role } = room();
    return (
      authorId === session.user?.id || role === "owner" || role === "moderator"
    );
  }

  return {
    aim,
    aimedAt,
    editText,
    removing,
    picking,
    reporting,
    refusal,
    reply,
    edit,
    editLast,
    cancel,
    saveEdit,
    remove,
    react,
    mayDelete,
  };
}

/** Of each kind of change, what is left without the room. */
type WithoutRoom<Change> = Change extends unknown
  ? Omit<Change, "roomId">
  : never;
