import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useSession } from "../../stores/session";
import { ann } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import SignInForm from "./SignInForm.vue";

const signIn = vi.fn<ChatApi["signIn"]>();
let form: VueWrapper;

beforeEach(() => {
  signIn.mockResolvedValue({
    ...{ user: ann, accessToken: "t", expiresAt: 0 },
  });
  const { app } = fakeApp({ signIn, rooms: async () => ({ rooms: [] }) });
  form = mount(SignInForm, { global: { provide: app._context.provides } });
});
afterEach(() => form.unmount());

test("a person comes in by name and password; spaces belong to the password alone", async () => {
  await enter(" annie ", " my tea ");

  expect(signIn).toHaveBeenCalledExactlyOnceWith({
    ...{ username: "annie", password: " my tea " },
  });
  expect(form.emitted("done")).toHaveLength(1);
  expect(useSession().state).toBe("signedIn");
});

test("what is missing is said at its field before anybody is asked", async () => {
  await enter(" ", "");

  expect(problems()).toEqual(["Enter your user name.", "Enter your password."]);
  expect(signIn).not.toHaveBeenCalled();
});

test("a wrong password does not tell whether the name is known, until either is edited", async () => {
  signIn.mockRejectedValue(new ApiError("not_signed_in", 401, "", false));

  await enter("annie", "wrong");
  expect(problems()).toEqual(["User name and password do not match."]);
  expect(form.find("[data-testid=sign-in-again]").exists()).toBe(false);
  await form.get("[data-testid=sign-in-username]").setValue("anni");

  expect(problems()).toEqual([]);
});

test("two presses ask once, and the button says that it is on its way", async () => {
  signIn.mockReturnValue(new Promise(() => {}));

  await enter("annie", "my tea");
  await form.trigger("submit");

  expect(signIn).toHaveBeenCalledOnce();
  const button = form.get("[data-testid=sign-in-submit]");
  expect(button.attributes("aria-disabled")).toBe("true");
});

const problems = () => form.findAll("[role=alert]").map((one) => one.text());

async function enter(username: string, password: string): Promise<void> {
  await form.get("[data-testid=sign-in-username]").setValue(username);
  await form.get("[data-testid=sign-in-password]").setValue(password);
  await form.trigger("submit");
  await flushPromises();
}
