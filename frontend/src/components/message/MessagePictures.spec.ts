import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import type { Attachment } from "../../protocol/frames";
import { usePictures } from "../../stores/pictures";
import { SERVICES } from "../../stores/services";
import MessagePictures from "./MessagePictures.vue";

function mounted(...pictures: Attachment[]) {
  const pinia = createPinia();
  const list = mount(MessagePictures, {
    props: { pictures, name: "Ann" },
    global: { plugins: [pinia], provide: { [SERVICES as symbol]: {} } },
  });
  return { list, store: usePictures(pinia) };
}

test("a picture keeps its place before it has come, within bounds", () => {
  const { list } = mounted(
    { id: "a/b", state: "ready", width: 800, height: 600 },
    { id: "long", state: "ready", width: 100, height: 9_000 },
  );

  expect(list.findAll("img").map((img) => img.attributes("src"))).toEqual([
    "/media/a%2Fb/thumb",
    "/media/long/thumb",
  ]);
  const ratios = list
    .findAll("li")
    .map(({ element }) => element.style.getPropertyValue("--ratio"));
  expect(ratios.map(Number)).toEqual([4 / 3, 0.5]);
});

test("what is still looked at, or was refused, says so and shows nothing of it", () => {
  const { list } = mounted(
    { id: "w", state: "waiting" },
    { id: "r", state: "refused", reason: "too_many_pixels" },
    { id: "r2", state: "refused", reason: "not_a_picture" },
  );

  expect(list.findAll("img")).toHaveLength(0);
  expect(list.findAll("li").map((line) => line.text())).toEqual([
    "Still being looked at…",
    "This picture has too many pixels.",
    "This is no picture that can be shown.",
  ]);
});

test("one's own picture is shown at once, as it was chosen", async () => {
  const { list, store } = mounted({ id: "mine", state: "waiting" });
  store.previews.set("mine", "blob:mine");
  await list.vm.$nextTick();

  expect(list.get("img").attributes("src")).toBe("blob:mine");
});
