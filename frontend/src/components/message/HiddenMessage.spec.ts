import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import HiddenMessage from "./HiddenMessage.vue";

test("why something is not shown is said, and it can be asked for", async () => {
  const hidden = mount(HiddenMessage, { global: { plugins: [createPinia()] } });
  expect(hidden.text()).toContain("From somebody you blocked.");

  await hidden.get("button").trigger("click");

  expect(hidden.emitted("show")).toHaveLength(1);
});
