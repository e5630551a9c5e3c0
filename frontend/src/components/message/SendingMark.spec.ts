import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import SendingMark from "./SendingMark.vue";

test("whether a message is on its way or waits for the line is told without eyes too", async () => {
  const mark = mount(SendingMark, {
    props: { state: "sending" },
    global: { plugins: [createPinia()] },
  });
  expect(mark.text()).toBe("Sending…");

  await mark.setProps({ state: "queued" });

  expect(mark.text()).toBe("Waiting to be sent");
  expect(mark.attributes("title")).toBe("Waiting to be sent");
});
