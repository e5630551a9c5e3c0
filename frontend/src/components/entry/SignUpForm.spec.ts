import { ApiError } from "@teahouse/client";
import { flushPromises, mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";

import { SERVICES, type Services } from "../../stores/services";
import { ann } from "../../testing/cast";
import { FakeClient } from "../../testing/fakeServices";
import type { ChatApi } from "../../transport/chatApi";
import SignUpForm from "./SignUpForm.vue";

const signUp = vi.fn<ChatApi["signUp"]>();
const rooms = vi.fn<ChatApi["rooms"]>();

beforeEach(() => {
  rooms.mockResolvedValue({ rooms: [] });
});

test("what is wrong stands at its field before anything is sent", async () => {
  const { form, submit } = mounted();
  await form.get("[data-testid=sign-up-username]").setValue("ann");
  await form.get("[data-testid=sign-up-password]").setValue("short");

  await submit();

  expect(signUp).not.toHaveBeenCalled();
  expect(problems(form)).toEqual([
    "Use 5 to 32 letters, digits, _ - or .",
    "Use 8 to 128 characters, and no common password.",
  ]);
});

test("a name that is taken says so at the name, and nothing typed is lost", async () => {
  signUp.mockRejectedValue(new ApiError("conflict", 409, "", false));
  const { form, submit } = mounted();
  await fill(form);

  await submit();

  const username = form.get("[data-testid=sign-up-username]");
  expect(problems(form)).toEqual(["This user name is taken. Try another one."]);
  expect(username.attributes("aria-invalid")).toBe("true");
  expect((username.element as HTMLInputElement).value).toBe("annie");
  expect(form.emitted("done")).toBeUndefined();
});

test("a server that cannot be reached is said under the form", async () => {
  signUp.mockRejectedValue(new TypeError("Failed to fetch"));
  const { form, submit } = mounted();
  await fill(form);

  await submit();

  expect(form.get(".refusal").text()).toContain("cannot be reached");
});

test("a person who signs up is in", async () => {
  signUp.mockResolvedValue({ user: ann, accessToken: "t", expiresAt: 0 });
  const { form, submit } = mounted();
  await fill(form);

  await submit();

  expect(form.emitted("done")).toHaveLength(1);
  expect(problems(form)).toEqual([]);
});

function mounted() {
  const services = {
    api: { signUp, rooms },
    makeClient: () => new FakeClient(),
  } as unknown as Services;
  const form = mount(SignUpForm, {
    global: { plugins: [createPinia()], provide: { [SERVICES]: services } },
  });
  async function submit() {
    await form.get("form").trigger("submit");
    await flushPromises();
  }
  return { form, submit };
}

type Form = ReturnType<typeof mounted>["form"];

async function fill(form: Form): Promise<void> {
  await form.get("[data-testid=sign-up-username]").setValue("annie");
  await form.get("[data-testid=sign-up-password]").setValue("long enough");
}

function problems(form: Form): string[] {
  return form.findAll(".note.problem").map((note) => note.text());
}
