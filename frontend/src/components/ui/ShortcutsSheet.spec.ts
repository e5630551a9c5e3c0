import { mount } from "@vue/test-utils";
import { afterEach, expect, test, vi } from "vitest";

import { SHORTCUTS } from "../../composables/useShortcuts";
import { useSettings, type SendKey } from "../../stores/settings";
import { fakeApp } from "../../testing/fakeServices";
import ShortcutsSheet from "./ShortcutsSheet.vue";

afterEach(() => {
  vi.restoreAllMocks();
});

test("every shortcut is listed with what it does", () => {
  const { lines } = shown();

  expect(lines).toHaveLength(SHORTCUTS.length);
  expect(lines).toContain("Go to a room: Ctrl K");
  expect(lines).toContain("Room above, room below: Alt ↑ / Alt ↓");
});

test("on a Mac the key is called as it is there", () => {
  vi.spyOn(navigator, "platform", "get").mockReturnValue("MacIntel");

  expect(shown().lines).toContain("Go to a room: ⌘ K");
});

test.each<[SendKey, string, string]>([
  ["enter", "Enter", "Shift Enter"],
  ["ctrlEnter", "Ctrl Enter", "Enter"],
])("whoever sends with %s reads so", (sendKey, sends, breaks) => {
  const { lines } = shown(sendKey);

  expect(lines).toContain(`Send: ${sends}`);
  expect(lines).toContain(`New line: ${breaks}`);
});

function shown(sendKey: SendKey = "enter") {
  fakeApp();
  useSettings().sendKey = sendKey;
  const sheet = mount(ShortcutsSheet);
  const lines = sheet.findAll("dl > div").map((line) => {
    const keys = line.findAll(".keys").map((one) =>
      one
        .findAll("kbd")
        .map((key) => key.text())
        .join(" "),
    );
    return `${line.get("dt").text()}: ${keys.join(" / ")}`;
  });
  sheet.unmount();
  return { lines };
}
