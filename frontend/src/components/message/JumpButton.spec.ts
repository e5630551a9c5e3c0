import { mount } from "@vue/test-utils";
import { expect, test, vi } from "vitest";

import JumpButton from "./JumpButton.vue";

test("the way to the latest is there only while the reader is elsewhere", async () => {
  const jump = vi.fn();
  const button = mount(JumpButton, {
    props: { to: "latest", isShown: false },
    attrs: { onClick: jump },
    slots: { default: "3 new messages" },
    global: { stubs: { Transition: true } },
  });
  expect(button.find("button").exists()).toBe(false);

  await button.setProps({ isShown: true });
  expect(button.get("button").text()).toBe("3 new messages");
  await button.get("button").trigger("click");

  expect(jump).toHaveBeenCalledOnce();
});
