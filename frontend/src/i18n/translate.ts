/** How is a thing said in each language? Texts by key, counted forms, and nothing else. */

import en from "./en.json";
import zhCN from "./zh-CN.json";

export type Language = "en" | "zh-CN";
export type TextKey = keyof typeof en;
/** A key that has a form for each plural category, such as `rooms.unread`. */
export type CountKey =
  Extract<TextKey, `${string}.other`> extends `${infer K}.other` ? K : never;
export type TextParams = Readonly<Record<string, string | number>>;

/** Every language of the page, by the name its speakers give it. */
export const LANGUAGES: Readonly<Record<Language, string>> = {
  en: "English",
  "zh-CN": "简体中文",
};

const TEXTS: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = {
  en,
  "zh-CN": zhCN,
};

function countingIn(language: Language) {
  return {
    plurals: new Intl.PluralRules(language),
    numbers: new Intl.NumberFormat(language),
  };
}

/** How each language counts and writes numbers; made once, since each making takes its time. */
const COUNTING = { en: countingIn("en"), "zh-CN": countingIn("zh-CN") };

/** Say `key`, with `{names}` replaced by `params`. */
export function translate(
  language: Language,
  key: TextKey,
  params: TextParams = {},
): string {
  return TEXTS[language][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in params ? String(params[name]) : whole,
  );
}

/** Say `key` in the form that fits `count`; `{count}` is written as the language writes numbers. */
export function translateCount(
  language: Language,
  key: CountKey,
  count: number,
  params: TextParams = {},
): string {
  const { plurals, numbers } = COUNTING[language];
  const form = plurals.select(count) === "one" ? "one" : "other";
  const shown = numbers.format(count);
  return translate(language, `${key}.${form}` as TextKey, {
    count: shown,
    ...params,
  });
}

/** Let one sentence follow another: Chinese puts no space between them. */
export function joinSentences(
  language: Language,
  sentences: readonly string[],
): string {
  return sentences.join(language === "zh-CN" ? "" : " ");
}

/** Choose the first language of `wanted` that we speak, else English. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split("-")[0];
    if (base === "zh") return "zh-CN";
    if (base === "en") return "en";
  }
  return "en";
}

/** Tell whether a text of this name exists. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}
