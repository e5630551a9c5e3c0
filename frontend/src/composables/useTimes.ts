/** How is a moment shown? Clock times, days and short dates in the language chosen now. */

import { storeToRefs } from "pinia";

import { translate, type Language } from "../i18n/translate";
import { useSettings } from "../stores/settings";
import { dayOf } from "./messageRows";

const DAY_MS = 24 * 60 * 60 * 1000;
const LOOKS = {
  clock: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  dayOfWeek: { weekday: "long", month: "long", day: "numeric" },
  dayOfYear: { year: "numeric", month: "long", day: "numeric" },
  shortDay: { month: "short", day: "numeric" },
  date: { dateStyle: "medium" },
  whole: { dateStyle: "long", timeStyle: "short" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;
type Look = keyof typeof LOOKS;

/** To make one costs more than to use it, and every message shows its time. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Formatters that follow the language. All take ms since the epoch. */
export function useTimes(now: () => number = Date.now) {
  const { language } = storeToRefs(useSettings());
  const format = (look: Look, at: number) =>
    formatter(language.value, look).format(at);

  /** "Today", "Yesterday", "Friday, 20 November", or with the year when it is another one. */
  function day(at: number): string {
    if (dayOf(at) === dayOf(now()))
      return translate(language.value, "messages.today");
    if (dayOf(at) === dayOf(now() - DAY_MS)) {
      return translate(language.value, "messages.yesterday");
    }
    const isThisYear =
      new Date(at).getFullYear() === new Date(now()).getFullYear();
    return format(isThisYear ? "dayOfWeek" : "dayOfYear", at);
  }

  /** A clock time for today, else a short date: for lists. */
  function brief(at: number): string {
    return format(dayOf(at) === dayOf(now()) ? "clock" : "shortDay", at);
  }

  return {
    clock: (at: number) => format("clock", at),
    date: (at: number) => format("date", at),
    whole: (at: number) => format("whole", at),
    day,
    brief,
  };
}

function formatter(language: Language, look: Look): Intl.DateTimeFormat {
  const key = `${language} ${look}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(language, LOOKS[look]);
  formatters.set(key, made);
  return made;
}
