import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";

import BrandMark from "./BrandMark.vue";

test("the sign is not read aloud beside the name it stands for", () => {
  const mark = mount(BrandMark, { props: { size: 26 } });

  expect(mark.attributes("aria-hidden")).toBe("true");
  expect(mark.attributes("width")).toBe("26");
});
