import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useSession } from "../../stores/session";
import { ann } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import GuestForm from "./GuestForm.vue";

const enterAsGuest = vi.fn<ChatApi["enterAsGuest"]>();
let form: VueWrapper;

beforeEach(() => {
  enterAsGuest.mockResolvedValue({
    ...{ user: ann, accessToken: "t", expiresAt: 0 },
  });
  const { app } = fakeApp({
    enterAsGuest,
    rooms: async () => ({ rooms: [] }),
  });
  form = mount(GuestForm, { global: { provide: app._context.provides } });
});
afterEach(() => form.unmount());

test.each([
  ["a nickname", " Ann ", { nickname: "Ann" }],
  ["none", "", {}],
])("a guest comes in with %s", async (_, typed, sent) => {
  await enter(typed);

  expect(enterAsGuest).toHaveBeenCalledExactlyOnceWith(sent);
  expect(form.emitted("done")).toHaveLength(1);
  expect(useSession().user).toEqual(ann);
});

test("a nickname that is too long is said before anybody is asked", async () => {
  await enter("茶".repeat(33));
  expect(problems()).toEqual(["Use at most 32 characters."]);
  expect(enterAsGuest).not.toHaveBeenCalled();

  await enter("茶".repeat(32)); // the control
  expect(enterAsGuest).toHaveBeenCalledOnce();
});

test("a nickname that the server does not take is said at its field, others below", async () => {
  enterAsGuest.mockRejectedValueOnce(new ApiError("invalid", 422, "", false));
  await enter("admin");
  expect(form.get("input").attributes("aria-invalid")).toBe("true");

  enterAsGuest.mockRejectedValueOnce(
    new ApiError("too_many_requests", 429, "", true),
  );
  await enter("Ann");

  expect(form.get("input").attributes()).not.toHaveProperty("aria-invalid");
  expect(problems()).toEqual([
    "That was a little fast. Wait a moment and try again.",
  ]);
});

const problems = () => form.findAll("[role=alert]").map((one) => one.text());

async function enter(nickname: string): Promise<void> {
  await form.get("[data-testid=guest-nickname]").setValue(nickname);
  await form.trigger("submit");
  await flushPromises();
}
