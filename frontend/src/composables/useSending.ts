// How do words and pictures leave the composer of a room? Together, once the pictures are there.

import { computed, ref, watch } from "vue";

import type { Room } from "../protocol/frames";
import { useDrafts } from "../stores/drafts";
import { useMessages } from "../stores/messages";
import { usePictures } from "../stores/pictures";
import type { useMessageChanges } from "./useMessageChanges";

/** Follow what is written in `room`; `sent` is called when a message has gone into the outbox. */
export function useSending(
  room: () => Room,
  changes: ReturnType<typeof useMessageChanges>,
  sent: () => void,
) {
  const messages = useMessages();
  const drafts = useDrafts();
  const pictures = usePictures();
  void pictures.recall(room().id);
  const isEditing = computed(() => changes.aim.value?.kind === "edit");
  const shown = computed(() => (isEditing.value ? [] : pictures.of(room().id)));
  const areGoing = computed(() =>
    shown.value.some(({ state }) => state === "going"),
  );
  /** What has failed goes nowhere. */
  const pictureCount = computed(
    () => shown.value.filter(({ state }) => state !== "failed").length,
  );
  /** Asked to send while a picture was still on its way. */
  const isAsked = ref(false);
  const draft = computed({
    get: () =>
      isEditing.value ? changes.editText.value : drafts.draftOf(room().id),
    set: (text: string) => {
      if (isEditing.value) changes.editText.value = text;
      else drafts.keep(room().id, text);
    },
  });

  watch(areGoing, (are) => {
    if (are || !isAsked.value) return;
    isAsked.value = false;
    // Whoever edits something meanwhile has other words in the line.
    if (isEditing.value) return;
    // What has failed is for the person to decide, before anything goes without it.
    if (shown.value.every(({ state }) => state === "gone"))
      send(draft.value.trim());
  });

  function send(text: string): void {
    if (isEditing.value) return void changes.saveEdit(text);
    if (areGoing.value) {
      isAsked.value = true;
      return;
    }
    const attachments = pictures.take(room().id);
    if (text === "" && attachments.length === 0) return;
    const replyTo = changes.aim.value?.seq;
    messages.send(room().id, text, {
      attachments,
      ...(replyTo === undefined ? {} : { replyTo }),
    });
    drafts.keep(room().id, "");
    changes.cancel();
    sent();
  }

  return { draft, pictures: shown, pictureCount, isEditing, isAsked, send };
}
