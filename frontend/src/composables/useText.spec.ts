import { beforeEach, expect, test } from "vitest";
import { computed } from "vue";

import { useSettings } from "../stores/settings";
import { fakeApp } from "../testing/fakeServices";
import { useText } from "./useText";

let text: ReturnType<typeof useText>;

beforeEach(() => {
  localStorage.clear();
  text = fakeApp().app.runWithContext(useText);
});

test("what is said follows the language", () => {
  const said = computed(() => text.t("messages.today"));
  expect(said.value).toBe("Today");

  useSettings().speak("zh-CN");

  expect(said.value).toBe("今天");
  useSettings().speak("en");
});

test("a refusal is said in its own words, one of a newer server in general", () => {
  const general = text.tRefusal("internal_error");

  expect(text.tRefusal("muted")).toBe("You cannot write in this room for now.");
  expect(text.tRefusal("a_code_of_tomorrow")).toBe(general);
  expect(text.tRefusal("")).toBe(general);
});

test("what has failed is said, and why where that is known", () => {
  const what = text.t("messages.failed");

  expect(text.tFailure("messages.failed", undefined)).toBe(what);
  expect(text.tFailure("messages.failed", "muted")).toBe(
    `${what} You cannot write in this room for now.`,
  );
});
