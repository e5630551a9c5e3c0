/** What does the page say, in the language chosen now? */

import { storeToRefs } from "pinia";

import {
  isTextKey,
  joinSentences,
  translate,
  translateCount,
  type CountKey,
  type TextKey,
  type TextParams,
} from "../i18n/translate";
import { useSettings } from "../stores/settings";

/** Texts that follow the language: use them in templates and computed values. */
export function useText() {
  const { language } = storeToRefs(useSettings());
  return {
    language,
    t: (key: TextKey, params?: TextParams) =>
      translate(language.value, key, params),
    tn: (key: CountKey, count: number, params?: TextParams) =>
      translateCount(language.value, key, count, params),
    /** Say why something was refused; codes of a newer server are said in general. */
    tRefusal: (code: string) => translate(language.value, refusalKey(code)),
    /** Say what has failed, and why where that is known. */
    tFailure: (what: TextKey, code: string | undefined) =>
      joinSentences(language.value, [
        translate(language.value, what),
        ...(code ? [translate(language.value, refusalKey(code))] : []),
      ]),
  };
}

function refusalKey(code: string): TextKey {
  const key = `refusal.${code}`;
  return isTextKey(key) ? key : "refusal.internal_error";
}
