import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import MessageTrouble from "./MessageTrouble.vue";

test.each([
  [{ isUnknown: false }, "Not sent."],
  [
    { isUnknown: false, refusal: "muted" },
    "Not sent. You cannot write in this room for now.",
  ],
  [
    { isUnknown: false, refusal: "of_a_newer_server" },
    "Not sent. Something broke on our side. Try again.",
  ],
  [
    { isUnknown: true, refusal: "muted" },
    "Perhaps sent. Please check before you send it again.",
  ],
])("of %o it says “%s”", (props, said) => {
  expect(mounted(props).get("p").text()).toBe(said);
});

test("it can be said again, or dropped", async () => {
  const trouble = mounted({ isUnknown: false });

  await trouble.get("[data-testid=retry]").trigger("click");
  expect(trouble.emitted()).toMatchObject({ retry: [[]] });
  expect(trouble.emitted("discard")).toBeUndefined();
  await trouble.get("[data-testid=discard]").trigger("click");

  expect(trouble.emitted("discard")).toHaveLength(1);
});

function mounted(props: { isUnknown: boolean; refusal?: string }) {
  return mount(MessageTrouble, {
    props,
    global: { plugins: [createPinia()] },
  });
}
