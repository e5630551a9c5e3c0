import { expect, test } from "vitest";

import { ann, ben, said } from "../testing/cast";
import { changeMessages, type ChangeEvent } from "./changes";
import { messageOf } from "./roomState";

const messages = [
  messageOf(said(2, ben, "tea?")),
  messageOf(said(3, ann, "yes")),
];
const about = (target: number, by = ben) => ({ target, by: by.id, at: 7 });
const tea = { emoji: "🍵" };

test("an edit changes the words, the version and the time, once", () => {
  const edited = change({
    ...about(2),
    kind: "messageEdited",
    seq: 4,
    text: "coffee?",
    version: 2,
  });

  expect(edited[0]).toMatchObject({
    text: "coffee?",
    version: 2,
    editedAt: 7,
    changedSeq: 4,
  });
  expect(edited[1]).toBe(messages[1]);
});

test("a deletion leaves nothing of what was said", () => {
  const [deleted] = change({ ...about(2), kind: "messageDeleted", seq: 4 });

  expect(deleted).toMatchObject({ text: "", reactions: [], deleted: true });
});

test("a message that says nothing is a deleted one: nothing else tells in a closed room", () => {
  const blank = messageOf(said(2, ben, ""));
  const [edited] = change(
    { ...about(2), kind: "messageEdited", seq: 4, text: "", version: 2 },
    [messageOf(said(2, ben, "tea?"))],
  );
  const picture = { id: "cup", state: "waiting" } as const;
  const shown = messageOf({ ...said(2, ben, ""), attachments: [picture] });

  expect(blank.deleted).toBe(true);
  expect(edited?.deleted).toBe(true);
  expect(shown.deleted).toBeUndefined(); // the control: it says something
});

test("emoji are counted, and one knows one's own", () => {
  const one = change({ ...about(2), ...tea, kind: "reactionAdded", seq: 4 });
  expect(one[0]?.reactions).toEqual([{ ...tea, count: 1, mine: false }]);
  const two = change(
    { ...about(2, ann), ...tea, kind: "reactionAdded", seq: 5 },
    one,
  );
  expect(two[0]?.reactions).toEqual([{ ...tea, count: 2, mine: true }]);
  const left = change(
    { ...about(2), ...tea, kind: "reactionRemoved", seq: 6 },
    two,
  );
  expect(left[0]?.reactions).toEqual([{ ...tea, count: 1, mine: true }]);
  const none = change(
    { ...about(2, ann), ...tea, kind: "reactionRemoved", seq: 7 },
    left,
  );
  expect(none[0]?.reactions).toEqual([]);
});

test("what is in it already, and what is not here, change nothing", () => {
  const event: ChangeEvent = { ...about(2), kind: "messageDeleted", seq: 4 };
  const once = change(event);

  expect(change(event, once)).toBe(once);
  expect(change({ ...event, target: 99 })).toBe(messages);
});

function change(
  event: ChangeEvent,
  to: typeof messages | ReturnType<typeof changeMessages> = messages,
) {
  return changeMessages(to, event, ann.id);
}
