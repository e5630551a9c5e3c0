import { mount } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";

import { fakeApp } from "../../testing/fakeServices";
import QuickSettings from "./QuickSettings.vue";

beforeEach(() => void fakeApp());
afterEach(() => {
  localStorage.clear();
  delete document.documentElement.dataset.theme;
});

test("the other language is offered by its own name, and spoken at once", async () => {
  const settings = mount(QuickSettings);
  const offered = () => settings.get("[data-testid=switch-language]");
  expect([offered().text(), offered().attributes("lang")]).toEqual([
    ...["简体中文", "zh-CN"],
  ]);

  await offered().trigger("click");

  expect(offered().text()).toBe("English");
  expect(document.documentElement.lang).toBe("zh-CN");
  expect(settings.text()).toContain("跟随系统");
});

test("the appearance goes round, and what it is now is read aloud with its name", async () => {
  const theme = mount(QuickSettings).get("[data-testid=switch-theme]");
  const seen: (string | undefined)[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    seen.push(document.documentElement.dataset.theme);
    await theme.trigger("click");
  }

  expect(seen).toEqual([undefined, "light", "dark", undefined]);
  expect(theme.text()).toMatch(/^Appearance:\s+Light$/);
});
