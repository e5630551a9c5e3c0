import { mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, expect, test } from "vitest";
import { nextTick } from "vue";

import { fakeApp } from "../../testing/fakeServices";
import TextField from "./TextField.vue";

let field: VueWrapper;
afterEach(() => field.unmount());

test("what is typed is handed on, from the field that the label names", async () => {
  const { input } = shown({ isOptional: true });
  const label = field.get(`label[for="${input().element.id}"]`);
  expect(label.text()).toMatch(/^Name\s+optional$/);

  await input().setValue("Ann");

  expect(field.emitted("update:modelValue")).toEqual([["Ann"]]);
});

test("what is wrong is read aloud, and with the field, in place of the hint", async () => {
  const { input, note } = shown({ hint: "Any name" });
  expect([note().text(), note().attributes("role")]).toEqual([
    ...["Any name", undefined],
  ]);
  expect(input().attributes()).not.toHaveProperty("aria-invalid");

  await field.setProps({ problem: "Too long." });

  expect([note().text(), note().attributes("role")]).toEqual([
    ...["Too long.", "alert"],
  ]);
  expect(input().attributes("aria-invalid")).toBe("true");
});

test("a password is hidden until one wants to see it", async () => {
  const { input } = shown({ type: "password" });
  const reveal = field.get("button");
  expect(input().attributes("type")).toBe("password");
  expect(reveal.attributes("aria-label")).toBe("Show password");

  await reveal.trigger("click");

  expect(input().attributes("type")).toBe("text");
  expect(reveal.attributes("aria-label")).toBe("Hide password");
});

test.each([
  ["password", "Caps Lock is on."],
  ["text", "8 or more"],
] as const)("Caps Lock at a %s says: %s", async (type, told) => {
  const { input, note } = shown({ type, hint: "8 or more" });

  const key = async (kind: string, isLocked: boolean) => {
    const event = new KeyboardEvent(kind);
    event.getModifierState = (name) => name === "CapsLock" && isLocked;
    input().element.dispatchEvent(event);
    await nextTick();
  };

  await key("keydown", true);
  expect(note().text()).toBe(told);
  await key("keyup", false);

  expect(note().text()).toBe("8 or more");
});

test("a few lines are a field like one line", async () => {
  const { note } = shown({ rows: 3, problem: "Too long." });
  const area = field.get("textarea");

  await area.setValue("one\ntwo");

  expect(field.emitted("update:modelValue")).toEqual([["one\ntwo"]]);
  expect(area.attributes("aria-describedby")).toBe(note().attributes("id"));
  expect(area.attributes("aria-invalid")).toBe("true");
});

function shown(props: object) {
  fakeApp();
  field = mount(TextField, {
    props: { label: "Name", modelValue: "", ...props },
  });
  const input = () => field.get("input");
  const note = () => field.get(".note");
  return { input, note };
}
