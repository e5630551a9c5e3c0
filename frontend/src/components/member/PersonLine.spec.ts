import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";

import { ben } from "../../testing/cast";
import PersonLine from "./PersonLine.vue";

test("the one thing to do about a person is read aloud with their name", async () => {
  const line = shown();
  const button = line.get("[aria-label='Unblock 小本']");
  expect(button.text()).toBe("Unblock");

  await button.trigger("click");

  expect(line.emitted("act")).toHaveLength(1);
});

test("a note stands with the name where there is one", () => {
  expect(shown({ note: "Since Friday" }).get("p").text()).toBe(
    "小本Since Friday",
  );
  expect(shown().get("p").text()).toBe("小本");
});

function shown(more: { note?: string } = {}) {
  const props = { user: ben, action: "Unblock", label: "Unblock 小本" };
  return mount(PersonLine, { props: { ...props, ...more } });
}
