import { mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { afterEach, expect, test } from "vitest";
import { nextTick } from "vue";

import { useSettings } from "../../stores/settings";
import DropHint from "./DropHint.vue";

afterEach(() => {
  useSettings().language = "en";
});

test("what may be let go here is said in the reader's language", async () => {
  const pinia = createPinia();
  setActivePinia(pinia);
  const hint = mount(DropHint, { global: { plugins: [pinia] } });
  expect(hint.text()).toBe("Drop pictures here");

  useSettings().language = "zh-CN";
  await nextTick();

  expect(hint.text()).toBe("把图片拖到这里");
});
