import { afterEach, beforeEach, expect, test } from "vitest";
import { nextTick, ref, shallowRef, watch } from "vue";

import { useCaret } from "./useCaret";

let area: HTMLTextAreaElement;
const text = ref("");
const field = shallowRef<HTMLTextAreaElement | null>(null);
const { insert, replace, format } = useCaret(field, text);

beforeEach(() => {
  area = document.createElement("textarea");
  document.body.append(area);
  field.value = area;
});
afterEach(() => area.remove());

// As `v-model` does it: the field shows the text once it has changed.
watch(text, (shown) => (area.value = shown), { flush: "post" });

/** Begin with `|tea|`, where the bars are the two ends of what is selected. */
async function written(marked: string): Promise<void> {
  const [before = "", selected = "", after = ""] = marked.split("|");
  text.value = area.value = before + selected + after;
  await nextTick();
  area.setSelectionRange(before.length, before.length + selected.length);
}
function shown(): string {
  const { value, selectionStart: from, selectionEnd: to } = area;
  return `${value.slice(0, from)}|${value.slice(from, to)}|${value.slice(to)}`;
}
const press = (key: string, more: KeyboardEventInit = {}) =>
  new KeyboardEvent("keydown", {
    ...{ key, ctrlKey: true, cancelable: true },
    ...more,
  });

test("an emoji comes where the caret is, and one writes on behind it", async () => {
  await written("tea||time");

  insert("🍵");
  await nextTick();

  expect(shown()).toBe("tea🍵||time");
  expect(document.activeElement).toBe(area);
});

test("what is selected gives way", async () => {
  await written("more |coffee| please");

  insert("🍵");
  await nextTick();

  expect(shown()).toBe("more 🍵|| please");
});

test("a word that was begun is replaced, wherever the caret is by then", async () => {
  await written("hi @be|| and more");

  await replace("@ben ", 3, 6);

  expect(shown()).toBe("hi @ben || and more");
});

test("what is selected is made bold by its key, and stays selected", async () => {
  await written("two |cups|");
  const event = press("b");

  await format(event);

  expect(event.defaultPrevented).toBe(true);
  expect(shown()).toBe("two **|cups|**");
});

test("other keys, and keys of a word that is being composed, are the browser's", async () => {
  await written("two |cups|");

  for (const event of [
    press("b", { isComposing: true }),
    press("q"),
    press("b", { ctrlKey: false }),
  ]) {
    await format(event);
    expect(event.defaultPrevented).toBe(false);
  }

  expect(shown()).toBe("two |cups|");
});

test("a field that has gone is written to no more", async () => {
  await written("two |cups|");
  field.value = null;
  const event = press("b");

  await format(event);

  expect(event.defaultPrevented).toBe(false);
  expect(text.value).toBe("two cups");
});
