import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import type { User } from "../../protocol/frames";
import { makeRouter } from "../../router";
import { useSession } from "../../stores/session";
import { ann } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import AccountSection from "./AccountSection.vue";

const { username: _, ...nameless } = ann;
const guest: User = { ...nameless, kind: "guest" };
const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
  changePassword: vi.fn<ChatApi["changePassword"]>(),
  eraseMe: vi.fn<ChatApi["eraseMe"]>(),
};
let section: VueWrapper;

beforeEach(() => {
  api.me.mockResolvedValue({ user: ann });
  api.rooms.mockResolvedValue({ rooms: [] });
});
afterEach(() => section.unmount());

test.each([
  ["a guest", guest, ["Make an account", "Erase account"]],
  ["an account", ann, ["Change password", "Recovery code", "Erase account"]],
])("%s is offered what they can do", async (_, user, offered) => {
  await shown(user);

  expect(section.findAll("button").map((one) => one.text())).toEqual(offered);
});

test("a changed password is said once its form is gone", async () => {
  api.changePassword.mockResolvedValue({ user: ann });
  const { press } = await shown();
  expect(section.get("[role=status]").text()).toBe("");

  await press("open-password");
  await section.get("[data-testid=password-old]").setValue("the old one");
  await section.get("[data-testid=password-new]").setValue("another one");
  await section.get("form").trigger("submit");
  await flushPromises();

  expect(section.find("form").exists()).toBe(false);
  expect(section.get("[role=status]").text()).toContain("is changed");
});

test("an account is erased when that is meant, and nobody is here any more", async () => {
  api.eraseMe.mockRejectedValueOnce(new ApiError("busy", 503, "", true));
  const { press, router } = await shown();

  await press("open-erase");
  expect(api.eraseMe).not.toHaveBeenCalled();
  await press("confirm-yes"); // refused: one is still here
  expect(useSession().state).toBe("signedIn");
  await press("confirm-yes");

  expect(useSession().state).toBe("signedOut");
  expect(router.currentRoute.value.name).toBe("entry");
});

async function shown(user: User = ann) {
  const { app } = fakeApp(api);
  await useSession().restore();
  const router = makeRouter(createMemoryHistory());
  section = mount(AccountSection, {
    props: { user },
    global: { plugins: [router], provide: app._context.provides },
  });
  const press = async (name: string) => {
    await section.get(`[data-testid=${name}]`).trigger("click");
    await vi.dynamicImportSettled();
    await flushPromises();
  };
  return { press, router };
}
