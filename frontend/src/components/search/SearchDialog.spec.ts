import { ApiError } from "@teahouse/client";
import { flushPromises, mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";

import { SERVICES } from "../../stores/services";
import { ann, page, said } from "../../testing/cast";
import SearchDialog from "./SearchDialog.vue";

const search = vi.fn();
const hit = (seq: number) => ({
  ...page(seq, said(seq, ann, `tea ${seq}`)).messages[0]!,
  roomId: "den",
});

beforeEach(() => {
  search.mockReset();
});

function opened(roomId: string | undefined = "den") {
  const dialog = mount(SearchDialog, {
    props: { roomId },
    global: {
      plugins: [createPinia()],
      provide: { [SERVICES as symbol]: { api: { search } } },
    },
  });
  const look = async (words: string) => {
    await dialog.get("[data-testid=search-query]").setValue(words);
    await dialog.get("form").trigger("submit");
    await flushPromises();
  };
  const note = () => dialog.get("[data-testid=search-note]").text();
  return { dialog, look, note };
}

test("what is found leads to where it was said, page after page", async () => {
  search
    .mockResolvedValueOnce({ messages: [hit(9)], users: { ann }, next: "c1" })
    .mockResolvedValueOnce({ messages: [hit(4)], users: { ann } });
  const { dialog, look } = opened();

  await look("  tea ");
  await dialog.get("[data-testid=search-more]").trigger("click");
  await flushPromises();

  expect(search.mock.calls.map(([query]) => query)).toEqual([
    { q: "tea", roomId: "den" },
    { q: "tea", roomId: "den", cursor: "c1" },
  ]);
  expect(dialog.find("[data-testid=search-more]").exists()).toBe(false);
  const found = dialog.findAllComponents({ name: "SearchResult" });
  expect(found).toHaveLength(2);
  found[1]?.vm.$emit("choose");
  expect(dialog.emitted("choose")).toEqual([[{ roomId: "den", seq: 4 }]]);
});

test("what is wrong with the words is said beside them before anything is asked", async () => {
  search.mockResolvedValue({ messages: [], users: {} });
  const { dialog, look } = opened();
  const field = dialog.get("[data-testid=search-query]");

  await look("   ");
  expect(dialog.get("[role=alert]").text()).toBe("Enter a word that was said.");
  await look("tea".repeat(34));
  expect(dialog.get("[role=alert]").text()).toMatch(/100 characters/);
  expect(field.attributes("aria-invalid")).toBe("true");
  expect(search).not.toHaveBeenCalled();

  await look("tea"); // the control
  expect(dialog.find("[role=alert]").exists()).toBe(false);
  expect(field.attributes("aria-invalid")).toBeUndefined();
  expect(search).toHaveBeenCalledTimes(1);
});

test("nothing is asked for no words, and nothing found is said", async () => {
  search.mockResolvedValue({ messages: [], users: {} });
  const { look, note } = opened();

  await look("   ");
  expect(search).not.toHaveBeenCalled();
  expect(note()).toBe("");
  await look("coffee");

  expect(note()).toBe("Nothing was found.");
});

test("another place to look in asks the same words again", async () => {
  search.mockResolvedValue({ messages: [], users: {} });
  const { dialog, look } = opened();
  await look("tea");

  await dialog.get("[data-testid=choice-everywhere] input").setValue();
  await flushPromises();

  expect(search.mock.calls.at(-1)).toEqual([{ q: "tea" }]);
});

test("a refusal is told, and the words stay", async () => {
  search.mockRejectedValue(new ApiError("busy", 503, "busy", true));
  const { dialog, look } = opened();

  await look("tea");

  expect(dialog.get("[role=alert]").text()).toMatch(/full right now/);
  const field = dialog.get("[data-testid=search-query]");
  expect((field.element as HTMLInputElement).value).toBe("tea");
});
