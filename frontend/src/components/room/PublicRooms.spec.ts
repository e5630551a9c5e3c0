import { flushPromises, mount } from "@vue/test-utils";
import { beforeEach, expect, test, vi } from "vitest";

import type { Room } from "../../protocol/frames";
import { useRooms } from "../../stores/rooms";
import { useSession } from "../../stores/session";
import { ann, den } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import PublicRooms from "./PublicRooms.vue";

const named = (id: string, name: string): Room => ({
  ...{ ...den, id, name, kind: "public", memberCount: 3 },
});
const garden = named("garden", "The garden");
const owls = named("owls", "Night owls");
const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
  room: vi.fn<ChatApi["room"]>(),
  publicRooms: vi.fn<ChatApi["publicRooms"]>(),
};

beforeEach(() => {
  api.me.mockResolvedValue({ user: ann });
  api.rooms.mockResolvedValue({ rooms: [] });
  api.room.mockResolvedValue({ room: garden });
  api.publicRooms.mockResolvedValue({ rooms: [garden] });
});

test("public rooms come page by page, none twice, and can be asked for again", async () => {
  api.publicRooms
    .mockRejectedValueOnce(new ApiError("busy", 503, "", true))
    .mockResolvedValueOnce({ rooms: [garden], next: "2" })
    .mockResolvedValueOnce({ rooms: [garden, owls] });
  const { list, press, names } = await shown();
  expect(list.get("[role=alert]").text()).toContain("full right now");

  await press("Try again");
  expect(names()).toEqual(["The garden"]);
  await press("More rooms");

  expect(names()).toEqual(["The garden", "Night owls"]);
  expect(api.publicRooms.mock.calls).toEqual([[{}], [{}], [{ cursor: "2" }]]);
});

test("a room that does not let one in says why on its line; one that does is entered", async () => {
  const { list, client, press } = await shown();

  await press("Join");
  client.emit("joinRefused", {
    ...{ roomId: "garden", code: "forbidden", message: "" },
  } as never);
  await flushPromises();
  const line = list.get("[data-testid=public-room]");
  expect(line.get("[role=alert]").text()).toBe(
    "You may not come into this room.",
  );
  expect(list.emitted("entered")).toBeUndefined();

  await press("Join");
  client.emit("joined", { roomId: "garden", online: ["ann"] } as never);
  await flushPromises();
  expect(list.emitted("entered")).toMatchObject([[{ id: "garden" }]]);
});

test("to a room that is mine already one just goes", async () => {
  const { list, press } = await shown();
  useRooms().take(garden);
  await flushPromises();
  const go = list.get("button[aria-label='Go to The garden']");

  await press(go.text());

  expect(list.emitted("entered")).toMatchObject([[{ id: "garden" }]]);
});

test("many can be filtered by name, and none of a name is said", async () => {
  const many = Array.from({ length: 5 }, (_, at) =>
    named(`${at}`, `Row ${at}`),
  );
  api.publicRooms.mockResolvedValue({ rooms: [...many, owls] });
  const { list, names } = await shown();
  const filter = list.get("[aria-label='Filter public rooms']");

  await filter.setValue("OWL");
  expect(names()).toEqual(["Night owls"]);
  await filter.setValue("samovar");

  expect(list.get("[role=status]").text()).toBe("Nothing of that name.");
});

test("where there are none, that is said", async () => {
  api.publicRooms.mockResolvedValue({ rooms: [] });

  const { list } = await shown();

  expect(list.get("[role=status]").text()).toBe("No public rooms yet.");
  expect(list.find("input").exists()).toBe(false);
});

async function shown() {
  const { app, client } = fakeApp(api);
  await useSession().restore();
  client.state = "connected";
  const list = mount(PublicRooms, {
    global: { provide: app._context.provides },
  });
  await flushPromises();
  const press = async (name: string) => {
    const button = list.findAll("button").find((one) => one.text() === name);
    await button?.trigger("click");
    await flushPromises();
  };
  const names = () => list.findAll(".name").map((name) => name.text());
  return { list, client, press, names };
}
