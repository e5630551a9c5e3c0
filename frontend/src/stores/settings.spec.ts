import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nextTick } from "vue";

import { useSettings } from "./settings";

const root = document.documentElement;

beforeEach(() => localStorage.clear());
afterEach(() => {
  localStorage.clear();
  delete root.dataset.theme;
  vi.unstubAllGlobals();
});

/** The page, opened anew in this browser. */
function opened() {
  setActivePinia(createPinia());
  return useSettings();
}

const browserSays = (permission: string, asked = permission) => {
  const requestPermission = vi.fn(async () => asked);
  vi.stubGlobal("Notification", { permission, requestPermission });
  return requestPermission;
};

test("what is chosen is there after a reload", () => {
  const settings = opened();
  settings.chooseTheme("dark");
  settings.speak("zh-CN");
  settings.sendWith("ctrlEnter");
  settings.sound(true);

  expect(opened()).toMatchObject({
    ...{ theme: "dark", language: "zh-CN" },
    ...{ sendKey: "ctrlEnter", isSounding: true },
  });
});

test.each(["", "purple", "toString", "{broken", "null"])(
  "what is kept but means nothing is as if nothing were kept: %j",
  (broken) => {
    for (const name of ["theme", "language", "sendKey", "sound", "notify"])
      localStorage.setItem(`teahouse.${name}`, broken);

    expect(opened()).toMatchObject({
      ...{ theme: "system", language: "en", sendKey: "enter" },
      ...{ isSounding: false, isNotifying: false },
    });
  },
);

test("the document says its language, and its theme where one was chosen", async () => {
  const settings = opened();
  expect(root.lang).toBe("en");
  expect(root.dataset.theme).toBeUndefined();

  settings.speak("zh-CN");
  settings.chooseTheme("dark");
  await nextTick();
  expect(root.lang).toBe("zh-CN");
  expect(root.dataset.theme).toBe("dark");

  settings.chooseTheme("system");
  settings.speak("en");
  await nextTick();
  expect(root.dataset.theme).toBeUndefined();
});

test("notifications are on only where the browser lets them, now and after a reload", async () => {
  browserSays("default", "granted");
  expect(await opened().notify(true)).toBe(true);

  browserSays("granted");
  expect(opened().isNotifying).toBe(true);
  browserSays("denied"); // the person took it back in the browser
  expect(opened().isNotifying).toBe(false);
});

test("a browser that said no is not asked again, and nothing is kept", async () => {
  const ask = browserSays("denied");
  const settings = opened();

  expect(await settings.notify(true)).toBe(false);
  expect(ask).not.toHaveBeenCalled();

  browserSays("default", "denied");
  expect(await settings.notify(true)).toBe(false);
  expect(settings.isNotifying).toBe(false);
  browserSays("granted");
  expect(opened().isNotifying).toBe(false);
});

test("turning notifications off asks nobody", async () => {
  const ask = browserSays("granted");
  const settings = opened();
  await settings.notify(true);
  ask.mockClear();

  expect(await settings.notify(false)).toBe(true);

  expect(ask).not.toHaveBeenCalled();
  expect(opened().isNotifying).toBe(false);
});
