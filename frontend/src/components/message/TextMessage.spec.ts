import { mount } from "@vue/test-utils";
import { expect, test, vi } from "vitest";

import TextMessage from "./TextMessage.vue";

const FETCHED = { timeout: 10_000 };

test("words written as Markdown can be read at once, and are laid out as soon as they can be", async () => {
  const words = mount(TextMessage, { props: { text: "**hot** tea" } });
  expect(words.text()).toContain("hot");

  await vi.waitFor(
    () => expect(words.find("strong").exists()).toBe(true),
    FETCHED,
  );
  expect(words.text()).toBe("hot tea");
});

test("words that are not stay as they were typed, also after an edit", async () => {
  const words = mount(TextMessage, { props: { text: "**hot** tea" } });
  await vi.waitFor(
    () => expect(words.find("strong").exists()).toBe(true),
    FETCHED,
  );

  await words.setProps({ text: "2 * 3 cups" });

  expect(words.text()).toBe("2 * 3 cups");
  expect(words.find("strong").exists()).toBe(false);
});
