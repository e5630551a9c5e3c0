import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useSession } from "../../stores/session";
import { ann } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import ProfileForm from "./ProfileForm.vue";

const changeProfile = vi.fn<ChatApi["changeProfile"]>();
let form: VueWrapper;

beforeEach(() => {
  changeProfile.mockImplementation(async ({ displayName = "" }) => ({
    user: { ...ann, displayName },
  }));
  const { app } = fakeApp({ changeProfile });
  form = mount(ProfileForm, {
    props: { user: ann },
    attachTo: document.body,
    global: { provide: app._context.provides },
  });
});
afterEach(() => form.unmount());

test("there is something to save once the name is another one", async () => {
  const save = form.get("[data-testid=profile-save]");
  const isOff = () => "disabled" in save.attributes();
  expect(isOff()).toBe(true);

  await name().setValue("Annie");
  expect(isOff()).toBe(false);
  await name().setValue(" Ann ");

  expect(isOff()).toBe(true);
});

test("a name that is saved is said to those who see and those who hear", async () => {
  await saved("  Annie ");

  expect(changeProfile).toHaveBeenCalledExactlyOnceWith({
    displayName: "Annie",
  });
  await form.setProps({ user: useSession().user ?? ann });
  expect(form.get("[role=status]").text()).toBe("Saved.");
  expect(form.get(".note").text()).toBe("Saved.");
});

test.each([
  ["no name", " "],
  ["a name that is too long", "茶".repeat(33)],
])("%s is said at the field before anybody is asked", async (_, typed) => {
  await saved(typed);
  expect(problem()).toBe("Use 1 to 32 characters.");
  expect(changeProfile).not.toHaveBeenCalled();

  await saved("茶".repeat(32)); // the control
  expect(changeProfile).toHaveBeenCalledOnce();
});

test("what the server refuses stands at the field, or below; the name typed stays", async () => {
  changeProfile.mockRejectedValueOnce(new ApiError("invalid", 422, "", false));
  await saved("Annie");
  expect(problem()).toBe("Use 1 to 32 characters.");

  changeProfile.mockRejectedValueOnce(new TypeError("no network"));
  await saved("Annie");

  expect(problem()).toContain("cannot be reached");
  expect(name().element.value).toBe("Annie");
  expect(form.get("[role=status]").text()).toBe("");
});

const name = () => form.get<HTMLInputElement>("[data-testid=profile-name]");
const problem = () => form.get("[role=alert]").text();

async function saved(typed: string): Promise<void> {
  await name().setValue(typed);
  await form.trigger("submit");
  await flushPromises();
}
