import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";

import DividerLine from "./DividerLine.vue";

test("a screen reader hears the whole of what the line says in short", () => {
  const line = mount(DividerLine, {
    props: { look: "new", label: "New messages" },
    slots: { default: "New" },
  });

  expect(line.text()).toBe("New");
  expect(line.get("[role=separator]").attributes("aria-label")).toBe(
    "New messages",
  );
});
