import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { fakeApp } from "../../testing/fakeServices";
import CopyField from "./CopyField.vue";

let field: VueWrapper;

beforeEach(() => {
  fakeApp();
  field = mount(CopyField, {
    props: { label: "Code", value: "tea-4711", copyLabel: "Copy code" },
    attrs: { "data-testid": "code" },
    attachTo: document.body,
  });
});
afterEach(() => {
  field.unmount();
  vi.restoreAllMocks();
});
const input = () => field.get<HTMLInputElement>("[data-testid=code]").element;

test("one press copies it whole, and says so to those who see and those who hear", async () => {
  const writeText = vi.spyOn(navigator.clipboard, "writeText");
  writeText.mockResolvedValue();

  await field.get("[aria-label='Copy code']").trigger("click");
  await flushPromises();

  expect(writeText).toHaveBeenCalledExactlyOnceWith("tea-4711");
  expect(field.get("button").text()).toBe("Copied");
  expect(field.get("[role=status]").text()).toBe("Copied");
});

test("where nothing may be copied it is chosen, to be copied by hand", async () => {
  vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error());

  await field.get("button").trigger("click");
  await flushPromises();

  expect([input().selectionStart, input().selectionEnd]).toEqual([0, 8]);
  expect(field.get("[role=status]").text()).toContain("by hand");
  expect(field.get("button").text()).toBe("Copy");
});

test("it can be read and not changed, under its label", () => {
  expect(input().readOnly).toBe(true);
  expect(field.get(`label[for="${input().id}"]`).text()).toBe("Code");
});
