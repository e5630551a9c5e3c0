import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useSession } from "../../stores/session";
import { ann } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import RecoverForm from "./RecoverForm.vue";

const recover = vi.fn<ChatApi["recover"]>();
let form: VueWrapper;

beforeEach(() => {
  recover.mockResolvedValue({
    ...{ user: ann, accessToken: "t", expiresAt: 0 },
  });
  const { app } = fakeApp({ recover, rooms: async () => ({ rooms: [] }) });
  form = mount(RecoverForm, { global: { provide: app._context.provides } });
});
afterEach(() => form.unmount());

test("whoever has the code sets a new password, and is in", async () => {
  await enter(" annie ", " oolong-4711 ");

  expect(recover).toHaveBeenCalledExactlyOnceWith({
    ...{ username: "annie", code: "oolong-4711", password: "long enough" },
  });
  expect(form.emitted("done")).toHaveLength(1);
  expect(useSession().state).toBe("signedIn");
});

test("what is wrong is said at its field before anybody is asked", async () => {
  await enter("ann", " ", "short");

  expect(problems()).toEqual([
    "Use 5 to 32 letters, digits, _ - or .",
    "Enter the recovery code.",
    "Use 8 to 128 characters, and no common password.",
  ]);
  expect(recover).not.toHaveBeenCalled();
});

test.each(["not_signed_in", "invalid", "not_found"] as const)(
  "%s does not tell whether name or code is wrong, until either is edited",
  async (code) => {
    recover.mockRejectedValue(new ApiError(code, 401, "", false));

    await enter("annie", "green-0815");
    expect(problems()).toEqual(["User name and code do not match."]);
    await form.get("[data-testid=recover-username]").setValue("anni");

    expect(problems()).toEqual([]);
  },
);

test("a password that the server refuses is not blamed on the code", async () => {
  recover.mockRejectedValue(
    new ApiError("invalid", 422, "", false, { password: "is common" }),
  );

  await enter("annie", "oolong-4711");

  const wrong = form.findAll("[aria-invalid]");
  expect(wrong.map((one) => one.attributes("data-testid"))).toEqual([
    "recover-password",
  ]);
});

const problems = () => form.findAll("[role=alert]").map((one) => one.text());

async function enter(
  username: string,
  code: string,
  password = "long enough",
): Promise<void> {
  await form.get("[data-testid=recover-username]").setValue(username);
  await form.get("[data-testid=recover-code]").setValue(code);
  await form.get("[data-testid=recover-password]").setValue(password);
  await form.trigger("submit");
  await flushPromises();
}
