import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { fakeApp } from "../../testing/fakeServices";
import { ApiError } from "../../transport/chatApi";
import ConfirmDialog from "./ConfirmDialog.vue";

const run = vi.fn<() => Promise<void>>();
let dialog: VueWrapper;

beforeEach(() => {
  const { app } = fakeApp();
  dialog = mount(ConfirmDialog, {
    props: { title: "Leave?", text: "You may not return.", action: "Go", run },
    global: { provide: app._context.provides },
  });
});
afterEach(() => dialog.unmount());
const button = (name: string) => dialog.get(`[data-testid=confirm-${name}]`);
const yes = async () => {
  await button("yes").trigger("click");
  await flushPromises();
};

test("what is meant is done, once, and then told", async () => {
  let finish = () => {};
  run.mockReturnValue(new Promise((resolve) => (finish = resolve)));

  await yes();
  await yes();
  expect(button("yes").attributes("aria-disabled")).toBe("true");
  expect(dialog.emitted("done")).toBeUndefined();
  finish();
  await flushPromises();

  expect(run).toHaveBeenCalledOnce();
  expect(dialog.emitted("done")).toHaveLength(1);
});

test("what is not meant is not done; the harmless answer has the focus", async () => {
  expect(button("no").attributes()).toHaveProperty("autofocus");
  await button("no").trigger("click");

  expect(dialog.emitted("close")).toHaveLength(1);
  expect(run).not.toHaveBeenCalled();
});

test("a refusal is told right there, until one tries again", async () => {
  run.mockRejectedValueOnce(new ApiError("forbidden", 403, "", false));

  await yes();
  expect(dialog.get("[role=alert]").text()).toBe("You may not do that.");
  expect(dialog.emitted("done")).toBeUndefined();
  await yes();

  expect(dialog.find("[role=alert]").exists()).toBe(false);
  expect(dialog.emitted("done")).toHaveLength(1);
});
