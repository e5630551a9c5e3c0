import { flushPromises, mount } from "@vue/test-utils";
import { beforeEach, expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import { ApiError } from "../../transport/chatApi";
import type { ChatApi } from "../../transport/chatApi";
import { makeRouter } from "../../router";
import { useRooms } from "../../stores/rooms";
import { useSession } from "../../stores/session";
import { ann, den } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import RoomDoor from "./RoomDoor.vue";

const open = {
  ...den,
  id: "owls",
  name: "Night owls",
  kind: "public" as const,
};
const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
  room: vi.fn<ChatApi["room"]>(),
  publicRooms: vi.fn<ChatApi["publicRooms"]>(),
};

beforeEach(() => {
  api.me.mockResolvedValue({ user: ann });
  api.rooms.mockResolvedValue({ rooms: [] });
  api.room.mockResolvedValue({ room: open });
});

test("a room that is open to everybody is shown, wherever in the list, and can be joined", async () => {
  api.publicRooms.mockImplementation(async ({ cursor } = {}) =>
    cursor === "2" ? { rooms: [open] } : { rooms: [den], next: "2" },
  );
  const { door, client } = await opened("owls");

  expect(door.get("[data-testid=room-door]").text()).toContain("Night owls");
  client.state = "connected";
  await door.get("[data-testid=door-enter]").trigger("click");
  client.emit("joined", { roomId: "owls", online: ["ann"] } as never);
  await flushPromises();

  expect(useRooms().byId.get("owls")?.name).toBe("Night owls");
});

test("a room that does not let one in says so beside the button, which is still there", async () => {
  api.publicRooms.mockResolvedValue({ rooms: [open] });
  const { door, client } = await opened("owls");

  client.state = "connected";
  await door.get("[data-testid=door-enter]").trigger("click");
  client.emit("joinRefused", {
    ...{ roomId: "owls", code: "forbidden", message: "banned" },
  } as never);
  await flushPromises();

  expect(door.get("[role=alert]").text()).toBe(
    "You may not come into this room.",
  );
  expect(door.find("[data-testid=door-enter]").exists()).toBe(true);
});

test("of any other room nothing is told but that it is not here", async () => {
  api.publicRooms.mockResolvedValue({ rooms: [open] });

  const { door } = await opened("den");

  expect(door.find("[data-testid=room-gone]").exists()).toBe(true);
  expect(door.find("[data-testid=door-enter]").exists()).toBe(false);
});

test("where nobody answers one can ask again", async () => {
  api.publicRooms.mockRejectedValueOnce(new ApiError("busy", 503, "", true));
  api.publicRooms.mockResolvedValue({ rooms: [open] });
  const { door } = await opened("owls");
  expect(door.get("[role=alert]").text()).toContain("full right now");

  await door.get("button").trigger("click");
  await flushPromises();

  expect(door.find("[data-testid=room-door]").exists()).toBe(true);
});

async function opened(roomId: string) {
  const { app, client } = fakeApp(api);
  await useSession().restore();
  const door = mount(RoomDoor, {
    props: { roomId },
    global: {
      plugins: [makeRouter(createMemoryHistory())],
      provide: app._context.provides,
    },
  });
  await flushPromises();
  return { door, client };
}
