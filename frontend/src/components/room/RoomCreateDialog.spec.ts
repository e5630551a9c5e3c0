import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import { makeRouter } from "../../router";
import { useSession } from "../../stores/session";
import { ann, den } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import RoomCreateDialog from "./RoomCreateDialog.vue";

const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
  createRoom: vi.fn<ChatApi["createRoom"]>(),
  announceUpload: async () => ({ id: "p1", url: "/media", fields: {} }),
  upload: vi.fn<ChatApi["upload"]>(),
};
const png = new File(["tea"], "tea.png", { type: "image/png" });
let dialog: VueWrapper;

beforeEach(() => {
  api.me.mockResolvedValue({ user: ann });
  api.rooms.mockResolvedValue({ rooms: [] });
  api.createRoom.mockResolvedValue({ room: den });
});
afterEach(() => dialog.unmount());

test("a room is opened under its trimmed name, and one is in it", async () => {
  const { router, send } = await opened();
  await dialog.get("[data-testid=create-description]").setValue("  Tea. ");
  await dialog.get("[data-testid=choice-public] input").setValue();

  await send("  The den ");

  expect(api.createRoom).toHaveBeenCalledExactlyOnceWith({
    ...{ name: "The den", description: "Tea.", kind: "public" },
  });
  expect(dialog.emitted("close")).toHaveLength(1);
  expect(router.currentRoute.value.params.roomId).toBe("den");
});

test.each([
  ["no name", " "],
  ["a name that is too long", "茶".repeat(65)],
])("%s is said at the field before anybody is asked", async (_, name) => {
  const { send, problems } = await opened();

  await send(name);
  expect(problems()).toEqual(["Use 1 to 64 characters."]);
  expect(api.createRoom).not.toHaveBeenCalled();

  await send("茶".repeat(64)); // the control
  expect(api.createRoom).toHaveBeenCalledOnce();
});

test("what the server refuses stands at its field, the first of them in focus", async () => {
  api.createRoom.mockRejectedValueOnce(
    new ApiError("invalid", 422, "", false, { description: "no", name: "no" }),
  );
  const { send, problems } = await opened();

  await send("The den");

  expect(problems()).toEqual([
    "Use 1 to 64 characters.",
    "Use at most 500 characters.",
  ]);
  const name = dialog.get("[data-testid=create-name]").element;
  expect(document.activeElement).toBe(name);
  expect((name as HTMLInputElement).value).toBe("The den");
  await send("The den");
  expect(dialog.emitted("close")).toHaveLength(1);
});

test("two clicks open one room", async () => {
  let answer = (_: { room: typeof den }) => {};
  api.createRoom.mockReturnValue(new Promise((resolve) => (answer = resolve)));
  const { send } = await opened();

  await send("The den");
  await send("The den");
  answer({ room: den });
  await flushPromises();

  expect(api.createRoom).toHaveBeenCalledOnce();
  expect(dialog.emitted("close")).toHaveLength(1);
});

describe("a room whose picture is still on its way", () => {
  let settle = (_: Awaited<ReturnType<ChatApi["upload"]>>) => {};
  beforeEach(() => {
    api.upload.mockReturnValue(new Promise((resolve) => (settle = resolve)));
  });

  test("is opened with it once it is there", async () => {
    const { send, choose } = await opened();
    await choose(png);

    await send("The den");
    expect(api.createRoom).not.toHaveBeenCalled();
    settle({ id: "p1", state: "ready" });
    await flushPromises();

    expect(api.createRoom.mock.calls).toMatchObject([[{ avatar: "p1" }]]);
    expect(dialog.emitted("close")).toHaveLength(1);
  });

  test("is not opened without it, until one says so again", async () => {
    const { send, choose } = await opened();
    await choose(png);

    await send("The den");
    settle({ id: "p1", state: "refused", reason: "damaged" });
    await flushPromises();
    expect(dialog.get("[role=alert]").text()).toBe("The file is damaged.");
    expect(api.createRoom).not.toHaveBeenCalled();

    await send("The den");
    expect(api.createRoom).toHaveBeenCalledOnce();
  });

  test("is not opened by who went away meanwhile", async () => {
    const { send, choose } = await opened();
    await choose(png);

    await send("The den");
    dialog.unmount();
    settle({ id: "p1", state: "ready" });
    await flushPromises();

    expect(api.createRoom).not.toHaveBeenCalled();
  });
});

async function opened() {
  const { app } = fakeApp(api);
  await useSession().restore();
  const router = makeRouter(createMemoryHistory());
  dialog = mount(RoomCreateDialog, {
    attachTo: document.body,
    global: { plugins: [router], provide: app._context.provides },
  });
  const send = async (name: string) => {
    await dialog.get("[data-testid=create-name]").setValue(name);
    await dialog.get("form").trigger("submit");
    await flushPromises();
  };
  const choose = async (file: File) => {
    const input = dialog.get("[data-testid=avatar-file]");
    Object.defineProperty(input.element, "files", { value: [file] });
    await input.trigger("change");
    await flushPromises();
  };
  const problems = () =>
    dialog.findAll(".note.problem").map((note) => note.text());
  return { router, send, choose, problems };
}
