import { flushPromises, mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";

import { SERVICES } from "../../stores/services";
import AvatarField from "./AvatarField.vue";

const take = vi.fn(async () => {});
const sendForm = vi.fn(async () => {});
const api = {
  announceUpload: async () => ({ id: "p1", url: "/media", fields: {} }),
  upload: vi.fn(),
};

beforeEach(() => {
  take.mockClear();
  api.upload.mockResolvedValue({ id: "p1", state: "ready" });
});

function shown(url: string | null = null) {
  const field = mount(AvatarField, {
    props: { name: "Ann", url, take },
    global: {
      plugins: [createPinia()],
      provide: { [SERVICES as symbol]: { api, sendForm } },
    },
  });
  const choose = async (...files: File[]) => {
    const input = field.get("[data-testid=avatar-file]");
    Object.defineProperty(input.element, "files", {
      value: files,
      configurable: true,
    });
    await input.trigger("change");
    await flushPromises();
  };
  return { field, choose };
}
const png = new File(["tea"], "tea.png", { type: "image/png" });

test("a picture is taken once it has arrived and was looked at", async () => {
  const { field, choose } = shown();
  expect(field.find("[data-testid=avatar-remove]").exists()).toBe(false);

  await choose(png);

  expect(take.mock.calls).toEqual([["p1"]]);
  expect(field.find("[role=alert]").exists()).toBe(false);
  expect(field.attributes("aria-busy")).toBe("false");
});

test("what is refused says why, and the face stays as it was", async () => {
  api.upload.mockResolvedValue({ state: "refused", reason: "damaged" });
  const { field, choose } = shown();

  await choose(png);
  expect(field.get("[role=alert]").text()).toBe("The file is damaged.");
  await choose(new File(["tea"], "tea.txt", { type: "text/plain" }));

  expect(field.get("[role=alert]").text()).toMatch(/^Only pictures/);
  expect(take).not.toHaveBeenCalled();
});

test("a face is taken away by its empty name; no file is no picture", async () => {
  const { field, choose } = shown("/media/p0");
  await choose();
  expect(take).not.toHaveBeenCalled();

  await field.get("[data-testid=avatar-remove]").trigger("click");

  expect(take.mock.calls).toEqual([[""]]);
});
