import { mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { ref } from "vue";

import { fakeApp } from "../../testing/fakeServices";
import DialogForm from "./DialogForm.vue";

let dialog: VueWrapper;
afterEach(() => dialog.unmount());

test("what is filled in is sent by its one main button, busy meanwhile", async () => {
  const { isBusy, submit, button } = shown();
  expect(button().text()).toBe("Open room");

  await button().trigger("click");
  isBusy.value = true;
  await dialog.vm.$nextTick();

  expect(submit).toHaveBeenCalledOnce();
  expect(button().attributes("aria-disabled")).toBe("true");
});

test("a refusal is told in the form, and sending it stays the main thing", async () => {
  const { refusal, main } = shown();

  refusal.value = "busy";
  await dialog.vm.$nextTick();

  expect(dialog.get("[role=alert]").text()).toContain("full right now");
  expect(main()).toEqual(["Open room"]);
});

test("where the session has ended the main thing is to sign in again", async () => {
  const { refusal, main } = shown();

  refusal.value = "not_signed_in";
  await dialog.vm.$nextTick();

  expect(main()).toEqual(["Sign in"]);
});

function shown() {
  const { app } = fakeApp();
  const form = {
    isBusy: ref(false),
    submit: vi.fn(async (event: Event) => event.preventDefault()),
    refusal: ref<string>(),
  };
  dialog = mount(DialogForm, {
    props: { title: "A room", action: "Open room", name: "create", form },
    global: { provide: app._context.provides },
    attachTo: document.body,
  });
  const button = () => dialog.get("[data-testid=create-submit]");
  const main = () => dialog.findAll(".button.main").map((one) => one.text());
  return { ...form, button, main };
}
