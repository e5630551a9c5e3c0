import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import { makeRouter } from "../../router";
import { useRooms } from "../../stores/rooms";
import { useSession } from "../../stores/session";
import { ann, den } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import RoomJoinDialog from "./RoomJoinDialog.vue";

const garden = {
  ...{ ...den, id: "garden", name: "The garden" },
  kind: "public" as const,
};
const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
  room: vi.fn<ChatApi["room"]>(),
  publicRooms: vi.fn<ChatApi["publicRooms"]>(),
  joinRoom: vi.fn<ChatApi["joinRoom"]>(),
};
let dialog: VueWrapper;

beforeEach(() => {
  api.me.mockResolvedValue({ user: ann });
  api.rooms.mockResolvedValue({ rooms: [] });
  api.room.mockResolvedValue({ room: garden });
  api.publicRooms.mockResolvedValue({ rooms: [garden] });
});
afterEach(() => dialog.unmount());

test("a link is as good as the code in it, and leads into the room", async () => {
  api.joinRoom.mockResolvedValue({ room: den });
  const { router, join } = await opened();

  await join("https://tea.example/join/den-code");

  expect(api.joinRoom).toHaveBeenCalledExactlyOnceWith({ code: "den-code" });
  expect(dialog.emitted("close")).toHaveLength(1);
  expect(router.currentRoute.value.params.roomId).toBe("den");
});

test("nobody is asked for no code, and the field says so", async () => {
  const { join, problem } = await opened();

  await join("  ");

  expect(api.joinRoom).not.toHaveBeenCalled();
  expect(problem()).toBe("Paste an invitation code or link.");
});

test.each([
  ["not_found", 404, "This invitation does not work any more."],
  ["forbidden", 403, "You may not come into this room."],
] as const)(
  "a code that is answered %s says so at the code, which stays",
  async (code, status, words) => {
    api.joinRoom.mockRejectedValue(new ApiError(code, status, "", false));
    const { join, problem, field } = await opened();

    await join("old-code");

    expect(problem()).toContain(words);
    expect(field().value).toBe("old-code");
    expect(document.activeElement).toBe(field());
    expect(dialog.emitted("close")).toBeUndefined();
  },
);

test("a room that is closed is nothing the code is to blame for", async () => {
  api.joinRoom.mockRejectedValue(new ApiError("room_closed", 409, "", false));
  const { join, field } = await opened();

  await join("den-code");

  expect(dialog.get(".refusal").text()).toBe("This room is closed.");
  expect(field().getAttribute("aria-invalid")).toBeNull();
});

test("a public room can be entered beside the form, which is done then", async () => {
  const { client, router } = await opened();

  await dialog.get("[data-testid=enter-room]").trigger("click");
  client.emit("joined", { roomId: "garden", online: ["ann"] } as never);
  await flushPromises();

  expect(useRooms().byId.has("garden")).toBe(true);
  expect(dialog.emitted("close")).toHaveLength(1);
  expect(router.currentRoute.value.params.roomId).toBe("garden");
});

async function opened() {
  const { app, client } = fakeApp(api);
  await useSession().restore();
  client.state = "connected";
  const router = makeRouter(createMemoryHistory());
  dialog = mount(RoomJoinDialog, {
    attachTo: document.body,
    global: { plugins: [router], provide: app._context.provides },
  });
  await flushPromises();
  const join = async (text: string) => {
    await dialog.get("[data-testid=join-code]").setValue(text);
    await dialog.get("form").trigger("submit");
    await flushPromises();
  };
  const field = () =>
    dialog.get("[data-testid=join-code]").element as HTMLInputElement;
  const problem = () => dialog.get(".note.problem").text();
  return { client, router, join, field, problem };
}
