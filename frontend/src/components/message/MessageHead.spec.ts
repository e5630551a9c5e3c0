import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import { ben, NOON } from "../../testing/cast";
import MessageHead from "./MessageHead.vue";

test("it tells who spoke and when, to the eye and to a machine", () => {
  const head = mounted(ben.displayName);

  expect(head.get("[data-testid=author]").text()).toBe("小本");
  expect(head.get("time").text()).toBe("12:00");
  expect(head.get("time").attributes("datetime")).toBe(
    new Date(NOON).toISOString(),
  );
});

test("over what one said oneself stands only when", () => {
  expect(mounted(undefined).text()).toBe("12:00");
});

function mounted(name: string | undefined) {
  return mount(MessageHead, {
    props: { name, color: ben.color, at: NOON },
    global: { plugins: [createPinia()] },
  });
}
