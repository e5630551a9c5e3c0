import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import type { User } from "../../protocol/frames";
import { ben, page, said } from "../../testing/cast";
import SearchResult from "./SearchResult.vue";

test("what was looked for is marked in plain words, whatever the case", () => {
  const { result } = mounted({ by: ben });

  expect(result.get(".words").text()).toBe("Green tea, or black TEA?");
  expect(result.findAll("mark").map((hit) => hit.text())).toEqual([
    ...["tea", "TEA"],
  ]);
});

test("who said it stands there, and where, if that is not clear", async () => {
  const { result } = mounted({ by: ben });
  expect(result.get(".head").text()).toContain("小本");
  expect(result.get(".head").text()).not.toContain("The den");

  await result.setProps({ roomName: "The den" });

  expect(result.get(".head").text()).toContain("The den");
});

test("it can be gone to, also where nobody knows any more who said it", async () => {
  const { result } = mounted({});
  expect(result.get(".head").text()).toContain("Somebody");

  await result.get("button").trigger("click");

  expect(result.emitted("choose")).toHaveLength(1);
});

function mounted(who: { by?: User }) {
  const [message] = page(
    2,
    said(2, ben, "**Green** tea, or black TEA?"),
  ).messages;
  const result = mount(SearchResult, {
    props: {
      found: { message: { ...message!, roomId: "den" }, by: who.by },
      query: "tea",
      roomName: undefined,
    },
    global: { plugins: [createPinia()] },
  });
  return { result };
}
