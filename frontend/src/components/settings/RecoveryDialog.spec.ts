import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import RecoveryDialog from "./RecoveryDialog.vue";

const makeRecoveryCode = vi.fn<ChatApi["makeRecoveryCode"]>();
let dialog: VueWrapper;

beforeEach(() => {
  const { app } = fakeApp({ makeRecoveryCode });
  dialog = mount(RecoveryDialog, {
    global: { provide: app._context.provides },
  });
});
afterEach(() => dialog.unmount());

test("the code is made when it is asked for, once, and shown to be kept", async () => {
  let answer = (_: { code: string }) => {};
  makeRecoveryCode.mockReturnValue(
    new Promise((resolve) => (answer = resolve)),
  );
  expect(dialog.find("[data-testid=recovery-code]").exists()).toBe(false);

  await make();
  await make(); // an earlier code would be dead
  answer({ code: "oolong-4711" });
  await flushPromises();

  const code = dialog.get<HTMLInputElement>("[data-testid=recovery-code]");
  expect(code.element.value).toBe("oolong-4711");
  expect(dialog.text()).toContain("It will not be shown again.");
  expect(makeRecoveryCode).toHaveBeenCalledOnce();
});

test("a refusal is told, and one may ask again", async () => {
  makeRecoveryCode.mockRejectedValueOnce(new ApiError("busy", 503, "", true));
  makeRecoveryCode.mockResolvedValueOnce({ code: "oolong-4711" });

  await make();
  expect(dialog.get("[role=alert]").text()).toContain("full right now");
  expect(main()).toEqual(["Show a code"]);
  await make();

  expect(dialog.find("[role=alert]").exists()).toBe(false);
});

test("where the session has ended the main thing is to sign in again", async () => {
  makeRecoveryCode.mockRejectedValueOnce(
    new ApiError("not_signed_in", 401, "", false),
  );

  await make();

  expect(main()).toEqual(["Sign in"]);
});

const main = () => dialog.findAll(".button.main").map((one) => one.text());

async function make(): Promise<void> {
  await dialog.get("[data-testid=recovery-make]").trigger("click");
  await flushPromises();
}
