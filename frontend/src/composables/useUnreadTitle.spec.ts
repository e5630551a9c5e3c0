import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nextTick, ref, watch } from "vue";

import { useNotifications } from "../stores/notifications";
import { useRooms } from "../stores/rooms";
import { useSession } from "../stores/session";
import { ann, den } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import { hosted } from "../testing/hosted";
import { useUnreadTitle } from "./useUnreadTitle";

let icon: HTMLLinkElement;
const roomName = ref<string>();
const titleBefore = document.title;

beforeEach(() => {
  localStorage.clear();
  roomName.value = undefined;
  icon = document.createElement("link");
  icon.rel = "icon";
  icon.setAttribute("href", "/favicon.svg");
  document.head.append(icon);
});
afterEach(() => {
  icon.remove();
  document.title = titleBefore;
});

function opened() {
  const { app } = fakeApp();
  useSession().user = ann;
  return hosted(() => useUnreadTitle(() => roomName.value), app);
}
const shown = async () => {
  await nextTick();
  return [document.title, icon.getAttribute("href")];
};

test("the tab says the room, and nothing more while all is read", async () => {
  opened();
  expect(await shown()).toEqual(["Teahouse", "/favicon.svg"]);

  roomName.value = den.name;

  expect(await shown()).toEqual(["The den · Teahouse", "/favicon.svg"]);
});

test("what is unread in rooms, and what I was told, is counted together", async () => {
  opened();
  useRooms().byId.set("den", { ...den, unread: 3 });
  useNotifications().unread = 2;
  expect(await shown()).toEqual(["(5) Teahouse", "/favicon-unread.svg"]);

  useRooms().byId.clear();
  useNotifications().unread = 0;

  expect(await shown()).toEqual(["Teahouse", "/favicon.svg"]);
});

test("what is read as it comes in changes nothing, though the icon is fetched at each change", async () => {
  opened();
  const rooms = useRooms();
  const isRead = watch(
    () => rooms.unread,
    () => rooms.byId.set("den", { ...den, unread: 0 }),
  );
  const shows = vi.spyOn(icon, "href", "set");

  rooms.byId.set("den", { ...den, unread: 1 });
  await shown();
  expect(rooms.unread).toBe(0);
  expect(shows).not.toHaveBeenCalled();

  isRead();
  rooms.byId.set("den", { ...den, unread: 1 });
  await shown();
  expect(shows).toHaveBeenCalledOnce(); // the control
});

test("who has left leaves no mark on the icon", async () => {
  const { leave } = opened();
  useNotifications().unread = 2;
  expect((await shown())[1]).toBe("/favicon-unread.svg");

  leave();
  useNotifications().unread = 4;

  expect((await shown())[1]).toBe("/favicon.svg");
});

test("a page without an icon goes on without", async () => {
  icon.remove();
  opened();
  useNotifications().unread = 1;

  expect((await shown())[0]).toBe("(1) Teahouse");
});
