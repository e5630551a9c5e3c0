import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { h } from "vue";

import type { Room } from "../../protocol/frames";
import { useRooms } from "../../stores/rooms";
import { den } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import RoomInviteDialog from "./RoomInviteDialog.vue";

const newCode = vi.fn<ChatApi["newCode"]>();
let dialog: VueWrapper;
afterEach(() => dialog.unmount());

test("link, code and the picture for phones lead to the same room", async () => {
  const { value } = opened("owner");

  expect(value("invite-code")).toBe("den-code");
  expect(value("invite-link")).toBe(`${location.origin}/join/den-code`);
  const picture = await vi.waitFor(() => dialog.get("[data-testid=qr-code]"), {
    timeout: 10_000, // it is fetched when it is first shown
  });
  expect(picture.attributes("data-text")).toBe(value("invite-link"));
});

test("a code is renewed once that is confirmed, and the new one is there", async () => {
  newCode.mockResolvedValue({ code: "fresh" });
  const { value, renew } = opened("moderator");
  expect(dialog.get("h2").text()).toBe("Invite to The den");

  await dialog.get("[data-testid=renew-code]").trigger("click");
  expect(dialog.text()).toContain("stop working at once");
  expect(newCode).not.toHaveBeenCalled();
  await renew();

  expect(value("invite-code")).toBe("fresh");
  expect(dialog.text()).toContain("This is the new code.");
});

test("a code that could not be renewed stays, and the reason is said", async () => {
  newCode.mockRejectedValue(new ApiError("forbidden", 403, "", false));
  const { value, renew } = opened("owner");
  await dialog.get("[data-testid=renew-code]").trigger("click");

  await renew();

  expect(dialog.get("[role=alert]").text()).toBe("You may not do that.");
  expect(value("invite-code")).toBe("den-code");
  expect(dialog.text()).not.toContain("This is the new code.");
});

test("a plain member may invite, not renew", () => {
  const { value } = opened("member");

  expect(value("invite-code")).toBe("den-code");
  expect(dialog.find("[data-testid=renew-code]").exists()).toBe(false);
});

function opened(role: Room["role"]) {
  const { app } = fakeApp({ newCode });
  const rooms = useRooms();
  rooms.take({ ...den, role });
  const shown = () => {
    const room = rooms.byId.get(den.id)!;
    return h(RoomInviteDialog, { room, code: room.code! });
  };
  dialog = mount(shown, { global: { provide: app._context.provides } });
  const value = (name: string) =>
    dialog.get<HTMLInputElement>(`[data-testid=${name}]`).element.value;
  const renew = async () => {
    await dialog.get("[data-testid=confirm-yes]").trigger("click");
    await flushPromises();
  };
  return { value, renew };
}
