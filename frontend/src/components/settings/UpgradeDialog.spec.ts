import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useSession } from "../../stores/session";
import { ann } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import UpgradeDialog from "./UpgradeDialog.vue";

const becomeAccount = vi.fn<ChatApi["becomeAccount"]>();
let dialog: VueWrapper;

beforeEach(() => {
  becomeAccount.mockResolvedValue({ user: ann });
  const { app } = fakeApp({ becomeAccount });
  dialog = mount(UpgradeDialog, {
    attachTo: document.body,
    global: { provide: app._context.provides },
  });
});
afterEach(() => dialog.unmount());

test("a guest becomes an account, and is shown as one", async () => {
  await upgraded(" annie ", "long enough");

  expect(becomeAccount).toHaveBeenCalledExactlyOnceWith({
    ...{ username: "annie", password: "long enough" },
  });
  expect(useSession().user).toEqual(ann);
  expect(dialog.emitted("done")).toHaveLength(1);
});

test("what is wrong stands at its field before anything is sent", async () => {
  await upgraded("ann", "short");

  expect(problems()).toEqual([
    "Use 5 to 32 letters, digits, _ - or .",
    "Use 8 to 128 characters, and no common password.",
  ]);
  expect(becomeAccount).not.toHaveBeenCalled();
});

test("a name that is taken says so at the name, and keeps what was typed", async () => {
  becomeAccount.mockRejectedValue(new ApiError("conflict", 409, "", false));

  await upgraded("annie", "long enough");

  expect(problems()).toEqual(["This user name is taken. Try another one."]);
  const name = dialog.get<HTMLInputElement>("[data-testid=upgrade-username]");
  expect(name.element.value).toBe("annie");
  expect(document.activeElement).toBe(name.element);
});

test("a password that the server refuses says so at the password", async () => {
  becomeAccount.mockRejectedValue(
    new ApiError("invalid", 422, "", false, { password: "is common" }),
  );

  await upgraded("annie", "long enough");

  expect(dialog.get("[aria-invalid]").attributes("data-testid")).toBe(
    "upgrade-password",
  );
});

const problems = () => dialog.findAll("[role=alert]").map((one) => one.text());

async function upgraded(username: string, password: string): Promise<void> {
  await dialog.get("[data-testid=upgrade-username]").setValue(username);
  await dialog.get("[data-testid=upgrade-password]").setValue(password);
  await dialog.get("form").trigger("submit");
  await flushPromises();
}
