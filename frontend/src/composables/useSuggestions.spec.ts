import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { shallowRef } from "vue";

import { useSession } from "../stores/session";
import { ann, ben, person } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { useSuggestions } from "./useSuggestions";

const members = vi.fn<ChatApi["members"]>();
const put = vi.fn();
let field: HTMLTextAreaElement;
let suggestions: ReturnType<typeof useSuggestions>;

beforeEach(() => {
  field = document.createElement("textarea");
  members.mockResolvedValue({
    members: [ann, ben, person("bea", "Bea")].map((user) => ({
      ...{ user, role: "member" as const, online: true },
    })),
  });
  const { app } = fakeApp({ members });
  useSession().user = ann;
  suggestions = app.runWithContext(() =>
    useSuggestions(shallowRef(field), () => "den", put),
  );
});
afterEach(() => vi.unstubAllGlobals());

/** Write, with the caret at the end, or where `|` stands. */
async function writes(text: string): Promise<(string | undefined)[]> {
  const caret = text.includes("|") ? text.indexOf("|") : text.length;
  field.value = text.replace("|", "");
  field.setSelectionRange(caret, caret);
  await suggestions.refresh();
  return suggestions.items.value.map(({ key }) => key);
}
function press(key: string, more: KeyboardEventInit = {}) {
  const event = new KeyboardEvent("keydown", {
    ...{ key, cancelable: true },
    ...more,
  });
  return [suggestions.takeKey(event), event.defaultPrevented];
}

test("behind @ the others of the room are suggested, fetched once", async () => {
  expect((await writes("hi @")).sort()).toEqual(["bea", "ben"]);
  expect(await writes("hi @bea")).toEqual(["bea"]);

  expect(members).toHaveBeenCalledOnce();
});

test.each(["ann@be", "12:30", "no sign", "@ben and more", ":t"])(
  "what is no word after a sign suggests nothing: %s",
  async (text) => {
    expect(await writes(text)).toEqual([]);
  },
);

test("the chosen one takes the place of the word before the caret", async () => {
  await writes("hi @be| and more");
  expect(press("ArrowDown")).toEqual([true, true]);
  expect(suggestions.at.value).toBe(1);
  press("ArrowDown"); // round to the first again
  const [first] = suggestions.items.value;

  expect(press("Enter")).toEqual([true, true]);

  expect(put.mock.calls).toEqual([[`@${first?.key} `, 3, 6]]);
  expect(suggestions.items.value).toEqual([]);
});

test("keys are the field's where nothing is suggested, a word is composed, or another is held", async () => {
  expect(press("Enter")).toEqual([false, false]);
  await writes("@be");

  expect(press("Enter", { isComposing: true })).toEqual([false, false]);
  expect(press("Enter", { shiftKey: true })).toEqual([false, false]);
  expect(press("x")).toEqual([false, false]);
  expect(put).not.toHaveBeenCalled();
});

test("Escape closes it; so does a caret that goes elsewhere, which still goes", async () => {
  await writes("@be");
  expect(press("ArrowLeft")).toEqual([false, false]);
  expect(suggestions.items.value).toEqual([]);

  await writes("@be");
  expect(press("Escape")).toEqual([true, true]);
  expect(suggestions.items.value).toEqual([]);
});

test("an answer that comes after the word has gone is not shown", async () => {
  const late = writes("@be");
  suggestions.close();

  expect(await late).toEqual([]);
});
