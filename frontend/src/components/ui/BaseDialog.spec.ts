import { mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { fakeApp } from "../../testing/fakeServices";
import BaseDialog from "./BaseDialog.vue";

let dialog: VueWrapper;

beforeEach(() => {
  fakeApp();
  dialog = mount(BaseDialog, {
    props: { title: "Open a room" },
    slots: { default: "<p>Which one?</p>" },
    attachTo: document.body,
  });
});
afterEach(() => dialog.unmount());

test("a dialog stands over the page, and is called by its title", () => {
  const { open } = dialog.element as HTMLDialogElement;
  const title = dialog.get(`[id="${dialog.attributes("aria-labelledby")}"]`);

  expect(open).toBe(true);
  expect(title.text()).toBe("Open a room");
});

test("a press beside the sheet closes it, one on the sheet does not", async () => {
  await dialog.get("p").trigger("mousedown");
  expect(dialog.emitted("close")).toBeUndefined();

  await dialog.trigger("mousedown");
  expect(dialog.emitted("close")).toHaveLength(1);
});

test("the cross closes it", async () => {
  await dialog.get("[aria-label=Close]").trigger("click");

  expect(dialog.emitted("close")).toHaveLength(1);
});

test("Esc means the dialog, not the page below", async () => {
  const heard = vi.fn();
  document.addEventListener("keydown", heard);

  await dialog.get("p").trigger("keydown", { key: "a" });
  await dialog.get("p").trigger("keydown", { key: "Escape" });

  expect(heard).toHaveBeenCalledOnce();
  document.removeEventListener("keydown", heard);
});

test("one that is taken away is closed first, so that the focus goes back", () => {
  const close = vi.spyOn(dialog.element as HTMLDialogElement, "close");

  dialog.unmount();

  expect(close).toHaveBeenCalledOnce();
});
