import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";

import PlainText from "./PlainText.vue";

test("lines and spaces stand as they were typed", () => {
  const text = "green:  hot\n\nblack:  hotter";

  expect(mounted(text).element.textContent).toBe(text);
});

test("markup in a text is shown, not run", () => {
  const markup = '<img src=x onerror="alert(1)"><b>bold</b>';
  const words = mounted(markup);

  expect(words.text()).toBe(markup);
  expect(words.find("img").exists()).toBe(false);
});

test("a web address can be followed, in a tab of its own", () => {
  const words = mounted("see https://tea.example/green, it is good");

  expect(words.findAll("a").map((link) => link.text())).toEqual([
    "https://tea.example/green",
  ]);
  expect(words.get("a").attributes()).toMatchObject({
    ...{ href: "https://tea.example/green", target: "_blank" },
    rel: "noopener noreferrer nofollow ugc",
  });
});

test.each([
  ["🍵", true],
  ["👩‍👩‍👧 🇨🇳", true],
  ["🍵!", false],
  ["🍵".repeat(13), false],
])("whether “%s” is large, as a gesture: %s", (text, isGesture) => {
  expect(mounted(text).get("p").classes("gesture")).toBe(isGesture);
});

function mounted(text: string) {
  return mount(PlainText, { props: { text } });
}
