import { beforeEach, expect, test, vi } from "vitest";

import { MAX_DESCRIPTION_CHARS, MAX_ROOM_NAME_CHARS } from "../protocol/frames";
import { den } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import { hosted } from "../testing/hosted";
import { ApiError } from "../transport/chatApi";
import { useRoomForm, type RoomWords } from "./useRoomForm";

const send = vi.fn<(words: RoomWords) => Promise<void>>();

beforeEach(() => {
  send.mockResolvedValue();
});

function opened(room?: Parameters<typeof useRoomForm>[0]) {
  const { given } = hosted(() => useRoomForm(room, send), fakeApp().app);
  const { form, ...words } = given;
  const submit = async () => {
    const sent = new Event("submit");
    Object.defineProperty(sent, "currentTarget", {
      value: document.createElement("form"),
    });
    await form.submit(sent);
    return [form.problemOf("name"), form.problemOf("description")].map(
      (problem) => problem !== undefined && problem !== "",
    );
  };
  return { ...words, submit };
}

test("blanks around the words are nobody's name", async () => {
  const { name, description, submit } = opened();
  name.value = "  Tea  house ";
  description.value = " \n";
  await submit();

  expect(send.mock.calls).toEqual([
    [{ name: "Tea  house", description: "", kind: "private" }],
  ]);
});

test("a room begins as it is; what is no choice counts as closed", async () => {
  const { name, description, submit } = opened({ ...den, kind: "public" });
  expect(name.value).toBe(den.name);
  description.value = "cakes";
  await submit();
  await opened({ ...den, kind: "direct" }).submit();

  expect(send.mock.calls.map(([{ kind }]) => kind)).toEqual([
    ...["public", "private"],
  ]);
});

test.each([
  ["", "", [true, false]],
  ["   ", "", [true, false]],
  ["茶".repeat(MAX_ROOM_NAME_CHARS + 1), "", [true, false]],
  ["Tea", "x".repeat(MAX_DESCRIPTION_CHARS + 1), [false, true]],
])("what the server would refuse is not sent", async (called, about, wrong) => {
  const { name, description, submit } = opened();
  name.value = called;
  description.value = about;

  expect(await submit()).toEqual(wrong);
  expect(send).not.toHaveBeenCalled();
});

test("a name is as long as its characters are many", async () => {
  const { name, submit } = opened();
  name.value = "🍵".repeat(MAX_ROOM_NAME_CHARS);

  expect(await submit()).toEqual([false, false]);
  expect(send).toHaveBeenCalledOnce();
});

test("a field that the server refuses is told at the field", async () => {
  const fields = { description: "has a bad word" };
  send.mockRejectedValue(new ApiError("invalid", 422, "", false, fields));
  const { name, submit } = opened();
  name.value = "Tea";

  expect(await submit()).toEqual([false, true]);
});
