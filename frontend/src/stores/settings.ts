/** How does this person want the page? Language and appearance, kept in this browser. */

import { defineStore } from "pinia";
import { ref, watchEffect } from "vue";

import { chooseLanguage, LANGUAGES, type Language } from "../i18n/translate";

export type Theme = "system" | "light" | "dark";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];

const LANGUAGE_KEY = "teahouse.language";
const THEME_KEY = "teahouse.theme";

export const useSettings = defineStore("settings", () => {
  const language = ref<Language>(readLanguage());
  const theme = ref<Theme>(readTheme());

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

  return { language, theme, chooseTheme, speak };
});

function readLanguage(): Language {
  const kept = localStorage.getItem(LANGUAGE_KEY);
  return kept !== null && kept in LANGUAGES
    ? (kept as Language)
    : chooseLanguage(navigator.languages);
}

function readTheme(): Theme {
  const kept = localStorage.getItem(THEME_KEY) as Theme | null;
  return kept !== null && THEMES.includes(kept) ? kept : "system";
}
