import { mount } from "@vue/test-utils";
import { expect, test, vi } from "vitest";
import { nextTick } from "vue";

import { useVersion } from "../../stores/version";
import { fakeApp } from "../../testing/fakeServices";
import NewVersionNote from "./NewVersionNote.vue";

test("a new version is told where a screen reader listens, and taken on request", async () => {
  const { note, version } = shown();
  const place = note.get("[role=status]");
  expect(place.text()).toBe("");

  version.hasNew = true;
  await nextTick();
  expect(place.text()).toContain("A new version is there.");
  expect(version.reload).not.toHaveBeenCalled();
  await note.get("[data-testid=take-new-version]").trigger("click");

  expect(version.reload).toHaveBeenCalledOnce();
});

test("it can be put off", async () => {
  const { note, version } = shown();
  version.hasNew = true;
  await nextTick();

  await note.get("[aria-label=Close]").trigger("click");

  expect(note.text()).toBe("");
  expect(version.reload).not.toHaveBeenCalled();
});

function shown() {
  fakeApp();
  const version = useVersion();
  vi.spyOn(version, "reload").mockReturnValue();
  return { note: mount(NewVersionNote), version };
}
