/** How is a moment shown? Clock times, days and short dates in the language chosen now. */

import { storeToRefs } from "pinia";
import { computed } from "vue";

import { useSettings } from "../stores/settings";
import { translate } from "../i18n/translate";
import { dayOf } from "./messageRows";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Formatters that follow the language. All take ms since the epoch. */
export function useTimes(now: () => number = Date.now) {
  const { language } = storeToRefs(useSettings());
  const clock = formatter({
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const dayOfWeek = formatter({
    weekday: "long",
    month: "long",
    day: "numeric",
  });
  const dayOfYear = formatter({
    year: "numeric",
    month: "long",
    day: "numeric",
  });
  const shortDay = formatter({ month: "short", day: "numeric" });
  const date = formatter({ dateStyle: "medium" });
  const whole = formatter({ dateStyle: "long", timeStyle: "short" });

  function formatter(options: Intl.DateTimeFormatOptions) {
    return computed(() => new Intl.DateTimeFormat(language.value, options));
  }

  /** "Today", "Yesterday", "Friday, 20 November", or with the year when it is another one. */
  function day(at: number): string {
    if (dayOf(at) === dayOf(now()))
      return translate(language.value, "messages.today");
    if (dayOf(at) === dayOf(now() - DAY_MS)) {
      return translate(language.value, "messages.yesterday");
    }
    const isThisYear =
      new Date(at).getFullYear() === new Date(now()).getFullYear();
    return (isThisYear ? dayOfWeek : dayOfYear).value.format(at);
  }

  /** A clock time for today, else a short date: for lists. */
  function brief(at: number): string {
    return (dayOf(at) === dayOf(now()) ? clock : shortDay).value.format(at);
  }

  return {
    clock: (at: number) => clock.value.format(at),
    date: (at: number) => date.value.format(at),
    whole: (at: number) => whole.value.format(at),
    day,
    brief,
  };
}
