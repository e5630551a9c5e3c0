import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";

import MemberAvatar from "./MemberAvatar.vue";

test.each([
  ["ann", "A"],
  [" 小本", "小"],
  ["👩‍🌾 Farmer", "👩‍🌾"],
  ["", "·"],
])("without a picture, %j is known by %s", (name, shown) => {
  const face = mount(MemberAvatar, { props: { name } });

  expect(face.text()).toBe(shown);
  expect(face.attributes("aria-hidden")).toBe("true");
});

test("a picture that is gone leaves the letter, until there is another one", async () => {
  const face = mount(MemberAvatar, { props: { name: "Ann", url: "/media/a" } });
  expect(face.text()).toBe("");

  await face.get("img").trigger("error");
  expect(face.text()).toBe("A");
  await face.setProps({ url: "/media/b" });

  expect(face.get("img").attributes("src")).toBe("/media/b");
});
