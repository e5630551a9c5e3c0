// How are words put in where one writes? At the caret, in place of what is selected, marks around it.

import { nextTick, type Ref, type ShallowRef } from "vue";

import { markOf, toggleMark } from "./formatting";

/** Change `text` at the caret of `field`, and leave the caret where one writes on. */
export function useCaret(
  field: Readonly<ShallowRef<HTMLTextAreaElement | null>>,
  text: Ref<string>,
) {
  /** Put an emoji where the caret is, or in place of what is selected. */
  function insert(emoji: string): void {
    const { selectionStart, selectionEnd } = field.value ?? {};
    void replace(emoji, selectionStart ?? 0, selectionEnd ?? 0);
  }

  async function replace(put: string, from: number, to: number): Promise<void> {
    text.value = text.value.slice(0, from) + put + text.value.slice(to);
    await nextTick();
    field.value?.focus();
    field.value?.setSelectionRange(from + put.length, from + put.length);
  }

  /** Make what is selected bold, slanted or code where `event` asks for that. */
  async function format(event: KeyboardEvent): Promise<void> {
    const mark = markOf(event);
    if (mark === undefined || event.isComposing || !field.value) return;
    event.preventDefault();
    const { selectionStart: from, selectionEnd: to } = field.value;
    const after = toggleMark({ text: text.value, from, to }, mark);
    text.value = after.text;
    await nextTick();
    field.value.setSelectionRange(after.from, after.to);
  }

  return { insert, replace, format };
}
