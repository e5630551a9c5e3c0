import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useSession } from "../../stores/session";
import { ann } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import PasswordDialog from "./PasswordDialog.vue";

const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
  changePassword: vi.fn<ChatApi["changePassword"]>(),
};
let dialog: VueWrapper;

beforeEach(() => {
  api.me.mockResolvedValue({ user: ann });
  api.rooms.mockResolvedValue({ rooms: [] });
  api.changePassword.mockResolvedValue({ user: ann });
});
afterEach(() => dialog.unmount());

test("a new password takes the place of the old one", async () => {
  await changed();

  expect(api.changePassword.mock.calls).toEqual([
    [{ old: "old one", new: "a new one" }],
  ]);
  expect(dialog.emitted("done")).toHaveLength(1);
});

test("another old password is told at its field, until it is edited", async () => {
  api.changePassword.mockRejectedValue(
    new ApiError("forbidden", 403, "", false, { password: "is wrong" }),
  );

  await changed();
  expect(told()).toEqual(["This is not your password."]);
  expect(main()).toEqual(["Change password"]);
  await dialog.get("[data-testid=password-old]").setValue("the right one");

  expect(told()).toEqual([]);
});

test("a session that has ended is not blamed on the password", async () => {
  api.changePassword.mockRejectedValue(
    new ApiError("not_signed_in", 401, "", false),
  );

  await changed();

  expect(told()).toEqual(["Your session has ended. Sign in again."]);
  expect(dialog.find("[aria-invalid]").exists()).toBe(false);
  expect(main()).toEqual(["Sign in"]); // one way on
  await dialog.get("[data-testid=sign-in-again]").trigger("click");
  expect(useSession().state).toBe("signedOut");
});

function main(): string[] {
  return dialog.findAll(".button.main").map((one) => one.text());
}

function told(): string[] {
  return dialog.findAll("[role=alert]").map((one) => one.text());
}

async function changed(): Promise<void> {
  const { app } = fakeApp(api);
  await useSession().restore();
  dialog = mount(PasswordDialog, {
    attachTo: document.body,
    global: { provide: app._context.provides },
  });
  await dialog.get("[data-testid=password-old]").setValue("old one");
  await dialog.get("[data-testid=password-new]").setValue("a new one");
  await dialog.get("form").trigger("submit");
  await flushPromises();
}
