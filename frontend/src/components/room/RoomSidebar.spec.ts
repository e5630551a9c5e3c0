import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import type { Room } from "../../protocol/frames";
import { makeRouter } from "../../router";
import { usePeople } from "../../stores/people";
import { useRooms } from "../../stores/rooms";
import { useSession } from "../../stores/session";
import { ann, ben, den, NOON } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import RoomSidebar from "./RoomSidebar.vue";

const rooms = vi.fn<ChatApi["rooms"]>();
let sidebar: VueWrapper;
afterEach(() => sidebar.unmount());
// What stands in for a dialog does not keep the real one from being fetched.
afterAll(() => vi.dynamicImportSettled());

test("until the rooms are there it says that they come, and then that there are none", async () => {
  mounted();
  expect(sidebar.text()).toContain("Fetching your rooms…");
  rooms.mockResolvedValue({ rooms: [] });

  await useRooms().load();
  await flushPromises();

  expect(sidebar.text()).toContain("No rooms yet.");
  expect(sidebar.text()).not.toContain("Fetching");
});

test("rooms that could not be fetched are asked for again", async () => {
  mounted();
  rooms.mockRejectedValueOnce(new ApiError("busy", 503, "", true));
  rooms.mockResolvedValue({ rooms: [den] });
  await useRooms().load();
  expect(sidebar.get("[role=alert]").text()).toContain(
    "Your rooms could not be fetched.",
  );

  await sidebar.get("[role=alert] button").trigger("click");
  await flushPromises();

  expect(names()).toEqual(["The den"]);
});

test("many rooms can be filtered by name; Esc shows all again and goes no further", async () => {
  const { heard } = mounted(...many(5));
  expect(sidebar.find("[data-testid=room-filter]").exists()).toBe(false);
  useRooms().take({ ...den, id: "owls", name: "Night owls" });
  await flushPromises();
  const filter = sidebar.get("[data-testid=room-filter]");

  await filter.setValue("owl");
  expect(names()).toEqual(["Night owls"]);
  await filter.setValue("samovar");
  expect(sidebar.get("[role=status]").text()).toBe("Nothing of that name.");
  await filter.trigger("keydown", { key: "Escape" });

  expect(names()).toHaveLength(6);
  expect(heard).not.toHaveBeenCalled();
});

test("what somebody said last whom I have blocked is hidden", async () => {
  const text = "rude";
  const lastMessage = { seq: 2, by: "ben", byName: "小本", text, sentAt: NOON };
  mounted({ ...den, lastMessage });
  expect(sidebar.text()).toContain("rude"); // the control

  usePeople().blocked = { ben };
  await flushPromises();

  expect(sidebar.text()).not.toContain("rude");
});

test("a room is opened or joined by a button, and the question can be put away", async () => {
  mounted();
  const asked = (name: string) => sidebar.findComponent({ name });

  for (const [label, name] of [
    ["New room", "RoomCreateDialog"],
    ["Join a room", "RoomJoinDialog"],
  ] as const) {
    await sidebar.get(`button[aria-label='${label}']`).trigger("click");
    await vi.waitFor(() => expect(asked(name).exists()).toBe(true));
    await asked(name).vm.$emit("close");
    expect(asked(name).exists()).toBe(false);
  }
});

function many(count: number): Room[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ ...den, id: `${at}`, name: `Room ${at}` },
  }));
}

function names(): string[] {
  const found = sidebar.findAll("[data-testid=room-item-name]");
  return found.map((name) => name.text());
}

function mounted(...known: Room[]) {
  const { app } = fakeApp({ rooms });
  useSession().user = ann;
  known.forEach(useRooms().take);
  const heard = vi.fn();
  const place = document.createElement("div");
  place.addEventListener("keydown", heard);
  sidebar = mount(RoomSidebar, {
    attachTo: place,
    props: { openIds: [], isAlone: true },
    global: {
      plugins: [makeRouter(createMemoryHistory())],
      provide: app._context.provides,
      stubs: { RoomCreateDialog: true, RoomJoinDialog: true },
    },
  });
  return { heard };
}
