import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";

import BaseIcon from "./BaseIcon.vue";

test("a pictogram is not read aloud, and is as large as it is wished", () => {
  const icon = mount(BaseIcon, { props: { name: "bell", size: 16 } });

  expect(icon.attributes("aria-hidden")).toBe("true");
  expect([icon.attributes("width"), icon.attributes("height")]).toEqual([
    "16",
    "16",
  ]);
});

test("each name has a drawing of its own", () => {
  const drawn = (name: "bell" | "bellOff") =>
    mount(BaseIcon, { props: { name } }).get("path").attributes("d");

  expect(drawn("bell")).not.toBe(drawn("bellOff"));
});
