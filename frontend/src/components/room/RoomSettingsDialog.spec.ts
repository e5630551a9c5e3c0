import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Room } from "../../protocol/frames";
import { den } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import RoomSettingsDialog from "./RoomSettingsDialog.vue";

const api = {
  changeRoom: vi.fn<ChatApi["changeRoom"]>(),
  closeRoom: vi.fn<ChatApi["closeRoom"]>(),
};
let dialog: VueWrapper;

beforeEach(() => {
  api.changeRoom.mockResolvedValue({ room: den });
});
afterEach(() => dialog.unmount());

test("the room is called and described as one says; who may enter stays as it was", async () => {
  const { save } = opened();

  await save(" The nook ");

  expect(api.changeRoom).toHaveBeenCalledExactlyOnceWith("den", {
    ...{ name: "The nook", description: "" },
  });
  expect(dialog.emitted("close")).toHaveLength(1);
});

test("who may enter can be changed, but not of everybody's room", async () => {
  const { save } = opened();
  await dialog.get("[data-testid=choice-public] input").setValue();
  await save("The den");
  expect(api.changeRoom.mock.calls).toMatchObject([
    ["den", { kind: "public" }],
  ]);
  dialog.unmount();

  opened({ id: "lobby", kind: "public" });

  expect(dialog.find("[data-testid=choice-public]").exists()).toBe(false);
});

test("a name that will not do is said at its field, and what was typed stays", async () => {
  const { save, name } = opened();

  await save("  ");
  expect(dialog.get("[role=alert]").text()).toBe("Use 1 to 64 characters.");
  expect(api.changeRoom).not.toHaveBeenCalled();

  const refused = { name: "no" };
  api.changeRoom.mockRejectedValueOnce(
    new ApiError("invalid", 422, "", false, refused),
  );
  await save("The nook");
  expect(dialog.get("[role=alert]").text()).toBe("Use 1 to 64 characters.");
  expect(name().value).toBe("The nook");
  expect(dialog.emitted("close")).toBeUndefined();
});

test("the room is closed only once that is confirmed, with its end spelled out", async () => {
  const { press } = opened();

  await press("close-room");
  expect(dialog.text()).toContain("Close The den?");
  expect(dialog.text()).toContain("it cannot be opened again");
  await press("confirm-no");
  expect(api.closeRoom).not.toHaveBeenCalled();
  await press("close-room");
  await press("confirm-yes");

  expect(api.closeRoom).toHaveBeenCalledExactlyOnceWith("den");
  expect(dialog.emitted("close")).toHaveLength(1);
});

function opened(more: Partial<Room> = {}) {
  const { app } = fakeApp(api);
  dialog = mount(RoomSettingsDialog, {
    attachTo: document.body,
    props: { room: { ...den, ...more } },
    global: { provide: app._context.provides },
  });
  const name = () =>
    dialog.get<HTMLInputElement>("[data-testid=room-form-name]").element;
  const save = async (text: string) => {
    await dialog.get("[data-testid=room-form-name]").setValue(text);
    await dialog.get("form").trigger("submit");
    await flushPromises();
  };
  const press = async (button: string) => {
    await dialog.get(`[data-testid=${button}]`).trigger("click");
    await flushPromises();
  };
  return { name, save, press };
}
