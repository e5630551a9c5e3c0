import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";

import MarkdownText from "./MarkdownText.vue";

test("emphasis, code and lists are laid out", () => {
  const words = mount(MarkdownText, {
    props: { text: "**hot** tea, `milk`\n\n- green\n- black" },
  });

  expect(words.get("strong").text()).toBe("hot");
  expect(words.get("code").text()).toBe("milk");
  expect(words.findAll("li").map((item) => item.text())).toEqual([
    ...["green", "black"],
  ]);
});

test("a link leads to the web, and nowhere else", () => {
  const words = mount(MarkdownText, {
    props: { text: "[tea](https://tea.example) [trap](javascript:alert(1))" },
  });

  const links = words.findAll("a").map((link) => link.attributes("href"));
  expect(links).toEqual(["https://tea.example"]);
  expect(words.text()).toContain("javascript:alert(1)");
});

test("markup is shown, and stays words when they change", async () => {
  const words = mount(MarkdownText, { props: { text: "**calm**" } });
  expect(words.find("strong").exists()).toBe(true); // the control

  await words.setProps({ text: '<img src=x onerror="alert(1)">**b**' });

  expect(words.find("img").exists()).toBe(false);
  expect(words.text()).toContain('<img src=x onerror="alert(1)">');
});
