/** How does this person want the page? Language, appearance and keys, kept in this browser. */

import { defineStore } from "pinia";
import { ref, watchEffect } from "vue";

import { chooseLanguage, LANGUAGES, type Language } from "../i18n/translate";

export type Theme = "system" | "light" | "dark";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];
/** Which key sends: Enter, or Enter with Ctrl (or Command) held. */
export type SendKey = "enter" | "ctrlEnter";
export const SEND_KEYS: readonly SendKey[] = ["enter", "ctrlEnter"];

const LANGUAGE_KEY = "teahouse.language";
const THEME_KEY = "teahouse.theme";
const SEND_KEY_KEY = "teahouse.sendKey";
const SOUND_KEY = "teahouse.sound";
const NOTIFY_KEY = "teahouse.notify";

export const useSettings = defineStore("settings", () => {
  const language = ref<Language>(readLanguage());
  const theme = ref<Theme>(readOne(THEME_KEY, THEMES, "system"));
  const sendKey = ref<SendKey>(readOne(SEND_KEY_KEY, SEND_KEYS, "enter"));

  /** Whether the browser shows what I am told while nobody looks at the page. */
  const isNotifying = ref(
    localStorage.getItem(NOTIFY_KEY) === "on" && mayNotify() === "granted",
  );

  const isSounding = ref(localStorage.getItem(SOUND_KEY) === "on");

  watchEffect(() => {
    document.documentElement.lang = language.value;
  });
  watchEffect(() => {
    if (theme.value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme.value;
  });

  function chooseTheme(chosen: Theme): void {
    theme.value = chosen;
    localStorage.setItem(THEME_KEY, chosen);
  }

  function speak(chosen: Language): void {
    language.value = chosen;
    localStorage.setItem(LANGUAGE_KEY, chosen);
  }

  function sendWith(chosen: SendKey): void {
    sendKey.value = chosen;
    localStorage.setItem(SEND_KEY_KEY, chosen);
  }

  function sound(wanted: boolean): void {
    isSounding.value = wanted;
    localStorage.setItem(SOUND_KEY, wanted ? "on" : "off");
  }

  /** Browsers ask the person, and only when the person has asked for it; false when they refuse. */
  async function notify(wanted: boolean): Promise<boolean> {
    const isAllowed =
      !wanted ||
      (mayNotify() !== "denied" &&
        (await Notification.requestPermission()) === "granted");
    isNotifying.value = wanted && isAllowed;
    localStorage.setItem(NOTIFY_KEY, isNotifying.value ? "on" : "off");
    return isAllowed;
  }

  return {
    language,
    theme,
    sendKey,
    isNotifying,
    isSounding,
    notify,
    sound,
    chooseTheme,
    speak,
    sendWith,
  };
});

/** Some browsers, and pages without TLS, know no notifications at all. */
function mayNotify(): NotificationPermission {
  return "Notification" in globalThis ? Notification.permission : "denied";
}

function readLanguage(): Language {
  const kept = localStorage.getItem(LANGUAGE_KEY);
  return kept !== null && Object.hasOwn(LANGUAGES, kept)
    ? (kept as Language)
    : chooseLanguage(navigator.languages);
}

function readOne<Value extends string>(
  key: string,
  values: readonly Value[],
  otherwise: Value,
): Value {
  const kept = localStorage.getItem(key);
  return values.find((value) => value === kept) ?? otherwise;
}
