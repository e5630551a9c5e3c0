import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import ComposerAim from "./ComposerAim.vue";

test("who answers sees whom and what, in plain words", () => {
  const aim = mounted("reply");

  expect(aim.get("strong").text()).toBe("Reply to 小本");
  expect(aim.text()).toContain("green or black?");
  expect(aim.text()).not.toContain("**");
});

test("who edits sees that, and can give it up", async () => {
  const aim = mounted("edit");
  expect(aim.get("strong").text()).toBe("Edit your message");

  await aim.get("button[aria-label=Cancel]").trigger("click");

  expect(aim.emitted("cancel")).toHaveLength(1);
});

function mounted(kind: "reply" | "edit") {
  return mount(ComposerAim, {
    props: { kind, name: "小本", text: "**green** or black?" },
    global: { plugins: [createPinia()] },
  });
}
