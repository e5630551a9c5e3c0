import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import type { ShownMessage } from "../../model/messageList";
import { SERVICES } from "../../stores/services";
import { ann, ben, shown } from "../../testing/cast";
import MessageBubble from "./MessageBubble.vue";

test("an answer shows what it answers above its words, and that it was edited", () => {
  const quoted = { seq: 1, by: ann.id, text: "green or black?" };
  const bubble = mounted(shown(2, ben, "green", { quoted, isEdited: true }));

  expect(bubble.text()).toMatch(/Ann.*green or black\?.*green.*edited/);
});

test("of a deleted message nothing is left but that it was one", () => {
  const pictures = [{ id: "p1", state: "waiting" as const }];
  const quoted = { seq: 1, by: ann.id, text: "green or black?" };
  const message = shown(2, ben, "green", { pictures, quoted });
  const before = mounted(message);
  expect(before.text()).toContain("green or black?"); // the control
  expect(before.text()).toContain("Still being looked at…");

  const after = mounted({ ...message, isDeleted: true, isEdited: true });

  expect(after.text()).toBe("This message was deleted.");
});

test("pictures without words bring no empty line", () => {
  const pictures = [{ id: "p1", state: "waiting" as const }];
  const bubble = mounted(shown(2, ben, "", { pictures }));

  expect(bubble.find("[data-testid=message-text]").exists()).toBe(false);
  expect(bubble.text()).toContain("Still being looked at…");
});

function mounted(message: ShownMessage) {
  return mount(MessageBubble, {
    props: { message, name: ben.displayName, quotedName: ann.displayName },
    global: {
      plugins: [createPinia()],
      provide: { [SERVICES as symbol]: {} },
    },
  });
}
