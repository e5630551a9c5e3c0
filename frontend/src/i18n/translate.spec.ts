import { expect, test } from "vitest";

import en from "./en.json";
import { chooseLanguage, translate, translateCount } from "./translate";
import zhCN from "./zh-CN.json";

test("both languages say the same things", () => {
  expect(Object.keys(zhCN)).toEqual(Object.keys(en));
});

test("both languages speak of the same names and numbers", () => {
  for (const key of Object.keys(en) as (keyof typeof en)[])
    expect(placesIn(zhCN[key]), key).toEqual(placesIn(en[key]));
});

test("no text is empty", () => {
  for (const text of [...Object.values(en), ...Object.values(zhCN)])
    expect(text.trim()).not.toBe("");
});

test("names are put in as they are, whatever they look like", () => {
  expect(translate("en", "notice.memberJoined", { name: "{name} $&" })).toBe(
    "{name} $& joined",
  );
});

test("counts take the form of their language", () => {
  expect(translateCount("en", "rooms.unread", 1)).toBe("1 unread message");
  expect(translateCount("en", "rooms.unread", 2)).toBe("2 unread messages");
  expect(translateCount("zh-CN", "rooms.unread", 1)).toBe("1 条未读消息");
});

test("a browser's first language that we speak is chosen, else English", () => {
  expect(chooseLanguage(["fr", "zh-Hant-TW", "en"])).toBe("zh-CN");
  expect(chooseLanguage(["en-GB", "zh-CN"])).toBe("en");
  expect(chooseLanguage(["fr"])).toBe("en");
});

function placesIn(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
}
