import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ben, den, NOON, person } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import RoomBansDialog from "./RoomBansDialog.vue";

const api = {
  bans: vi.fn<ChatApi["bans"]>(),
  liftBan: vi.fn<ChatApi["liftBan"]>(),
};
let dialog: VueWrapper;

beforeEach(() => {
  api.bans.mockImplementation(async (_roomId, { cursor } = {}) => {
    const user = cursor === "2" ? person("cy", "Cy") : ben;
    const bans = [{ user, by: "ann", at: NOON }];
    return cursor === "2" ? { bans } : { bans, next: "2" };
  });
});
afterEach(() => dialog.unmount());

test("all who are banned stand there, and since when", async () => {
  const { lines } = await opened();

  expect(lines()).toEqual([
    ...["小本Since Nov 20, 2026Lift", "CySince Nov 20, 2026Lift"],
  ]);
});

test("whose ban is lifted is gone from the list, and the focus is not lost", async () => {
  const { lines, lift } = await opened();

  await lift("小本");
  expect(api.liftBan).toHaveBeenCalledExactlyOnceWith("den", "ben");
  expect(lines()).toHaveLength(1);
  expect(document.activeElement?.textContent).toMatch(/^No invitation/);
  await lift("Cy");

  expect(dialog.get("[role=status]").text()).toBe("Nobody is banned.");
});

test("a ban that could not be lifted stays, and the reason is said", async () => {
  api.liftBan.mockRejectedValue(new ApiError("forbidden", 403, "", false));
  const { lines, lift } = await opened();

  await lift("小本");

  expect(dialog.get("[role=alert]").text()).toBe("You may not do that.");
  expect(lines()).toHaveLength(2);
});

test("a list that could not be fetched says so, and is asked for again", async () => {
  api.bans.mockRejectedValueOnce(new ApiError("busy", 503, "", true));
  const { lines } = await opened();
  expect(dialog.get("[role=alert]").text()).toContain("full right now");
  expect(dialog.text()).not.toContain("Nobody is banned.");

  const again = dialog
    .findAll("button")
    .find((one) => one.text() === "Try again");
  await again?.trigger("click");
  await flushPromises();

  expect(lines()).toHaveLength(2);
});

async function opened() {
  const { app } = fakeApp(api);
  dialog = mount(RoomBansDialog, {
    attachTo: document.body,
    props: { room: den },
    global: { provide: app._context.provides },
  });
  await flushPromises();
  const lines = () =>
    dialog.findAll("[data-testid=person-line]").map((line) => {
      const [name, note] = line.findAll("span span, p span");
      return `${name?.text()}${note?.text()}${line.get("button").text()}`;
    });
  const lift = async (name: string) => {
    await dialog.get(`[aria-label='Lift ban of ${name}']`).trigger("click");
    await flushPromises();
  };
  return { lines, lift };
}
