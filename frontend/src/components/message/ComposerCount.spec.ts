import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import ComposerCount from "./ComposerCount.vue";

test.each([
  [501, ""],
  [500, "500 characters left"],
  [1, "1 character left"],
  [0, "0 characters left"],
  [-1, "1 character too long"],
  [-2, "2 characters too long"],
])("with %i characters left it says “%s”", (leftChars, said) => {
  const count = mount(ComposerCount, {
    props: { leftChars },
    global: { plugins: [createPinia()] },
  });

  expect(count.text()).toBe(said);
});
