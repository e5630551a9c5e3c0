import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApp } from "vue";

import { ann, shown } from "../testing/cast";
import { fakeRoomActions } from "../testing/fakeRoomActions";
import { useMessageWays } from "./messageWays";
import { ROOM_ACTIONS } from "./roomActions";

const writeText = vi.fn<(text: string) => Promise<void>>();
const message = shown(7, ann, "green or black?");

beforeEach(() => {
  writeText.mockResolvedValue();
  vi.spyOn(navigator.clipboard, "writeText").mockImplementation(writeText);
});
afterEach(() => void vi.restoreAllMocks());

test("one's own message can be edited, another's reported, and deleted by who may", () => {
  const mine = found({ isMine: true }).ways.map(({ what }) => what);
  const others = found({ mayDelete: true }).ways.map(({ what }) => what);

  expect(mine).toEqual(["edit", "copy.text", "copy.link"]);
  expect(others).toEqual(["copy.text", "copy.link", "report", "delete"]);
});

test("each way asks for what it says, of this message", () => {
  const mine = found({ isMine: true, mayDelete: true });
  const others = found({});

  mine.act("edit");
  mine.act("delete");
  others.act("report");

  const { edit, remove, mayDelete } = mine.actions;
  for (const asked of [edit, remove, others.actions.report])
    expect(asked).toHaveBeenCalledExactlyOnceWith(7);
  expect(mayDelete).toHaveBeenCalledWith("ann");
});

test("words and link are copied, and a copy that is not allowed is known", async () => {
  const { act, copied } = found({});

  act("copy.text");
  act("copy.link");
  await vi.waitFor(() => expect(copied.value).toBe("copied"));
  expect(writeText.mock.calls).toEqual([
    ["green or black?"],
    ["https://tea.example/rooms/den/7"],
  ]);

  writeText.mockRejectedValue(new Error("denied"));
  act("copy.text");
  await vi.waitFor(() => expect(copied.value).toBe("copyFailed"));
});

test("of a picture there are no words to copy", () => {
  const { ways } = found({ text: "" });

  expect(ways.map(({ what }) => what)).toEqual(["copy.link", "report"]);
});

function found(one: { isMine?: boolean; mayDelete?: boolean; text?: string }) {
  const { isMine = false, mayDelete = false, text = message.text } = one;
  const { actions } = fakeRoomActions();
  actions.mayDelete.mockReturnValue(mayDelete);
  const app = createApp({}).provide(ROOM_ACTIONS, actions);
  const { waysOf, copied } = app.runWithContext(() => useMessageWays());
  const ways = waysOf({ ...message, text }, 7, isMine);
  const act = (name: string) => ways.find(({ what }) => what === name)?.act();
  return { actions, ways, act, copied };
}
