import { flushPromises, mount } from "@vue/test-utils";
import { beforeEach, expect, test, vi } from "vitest";
import { h } from "vue";

import { usePictures } from "../../stores/pictures";
import { useSettings } from "../../stores/settings";
import { den } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import type { ChatApi } from "../../transport/chatApi";
import type { SendForm } from "../../transport/sendForm";
import ComposerPictures from "./ComposerPictures.vue";

const upload = vi.fn<ChatApi["upload"]>();
const sendForm = vi.fn<SendForm>();
const api = {
  announceUpload: async () => ({ id: "p1", url: "/media", fields: {} }),
  upload,
};

beforeEach(() => {
  upload.mockResolvedValue({ id: "p1", state: "ready" });
});

test("how far a picture is, is told under its name, until it has gone", async () => {
  let arrive = () => {};
  sendForm.mockImplementation((_form, _file, options) => {
    options?.onProgress?.(0.42);
    return new Promise((resolve) => (arrive = resolve));
  });
  const pictures = await brought("tea.png", "image/png");

  expect(pictures.get("img").attributes("alt")).toBe("tea.png");
  expect(pictures.get("progress").attributes()).toMatchObject({
    ...{ value: "42", max: "100", "aria-label": "Sending tea.png" },
  });
  arrive();
  await flushPromises();

  expect(pictures.find("progress").exists()).toBe(false);
  expect(pictures.find("[role=alert]").exists()).toBe(false);
});

test("a picture that was lost on the way says so, and can be tried again", async () => {
  sendForm.mockRejectedValueOnce(new TypeError("offline"));
  const pictures = await brought("tea.png", "image/png");
  expect(pictures.get("[role=alert]").text()).toContain(
    "tea.png: The server cannot be reached.",
  );

  await pictures.get("[role=alert] button").trigger("click");
  await flushPromises();

  expect(sendForm).toHaveBeenCalledTimes(2);
  expect(pictures.find("[role=alert]").exists()).toBe(false);
});

test("what is no picture is not tried again, and can be left out", async () => {
  const pictures = await brought("tea.txt", "text/plain");
  expect(pictures.get("[role=alert]").text()).toContain("Only pictures");
  expect(pictures.find("[role=alert] button").exists()).toBe(false);

  await pictures.get("button[aria-label='Remove tea.txt']").trigger("click");

  expect(pictures.findAll("li")).toHaveLength(0);
});

test("in Chinese a colon of its own stands between a picture and what is wrong", async () => {
  const pictures = await brought("tea.txt", "text/plain");

  useSettings().language = "zh-CN";
  await flushPromises();

  expect(pictures.get("[role=alert]").text()).toMatch(
    /^tea\.txt：只能发送图片/,
  );
});

async function brought(name: string, type: string) {
  const { app } = fakeApp(api, sendForm);
  const store = usePictures();
  store.add(den.id, [new File(["x"], name, { type })]);
  const pictures = mount(
    () => h(ComposerPictures, { roomId: den.id, pictures: store.of(den.id) }),
    { global: { provide: app._context.provides } },
  );
  await flushPromises();
  return pictures;
}
