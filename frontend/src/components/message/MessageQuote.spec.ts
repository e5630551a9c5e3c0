import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import type { Quoted } from "../../model/messageList";
import { fakeRoomActions } from "../../testing/fakeRoomActions";
import MessageQuote from "./MessageQuote.vue";

test.each<[string, Partial<Quoted>, string]>([
  ["in plain words", { text: "**green** tea" }, "green tea"],
  ["that was deleted", { isDeleted: true }, "This message was deleted."],
  ["that was not fetched", {}, "An earlier message"],
])("what is answered is shown: something %s", (_, quoted, words) => {
  const { quote } = mounted(quoted);

  const parts = quote.findAll("span").map((part) => part.text());
  expect(parts).toEqual(["In reply to", "小本", words]);
});

test("a click leads to it", async () => {
  const { quote, actions } = mounted({ text: "tea" });

  await quote.trigger("click");

  expect(actions.show).toHaveBeenCalledExactlyOnceWith(7);
});

function mounted(quoted: Partial<Quoted>) {
  const { actions, provide } = fakeRoomActions();
  const quote = mount(MessageQuote, {
    props: { quoted: { seq: 7, ...quoted }, name: "小本" },
    global: { plugins: [createPinia()], provide },
  });
  return { quote, actions };
}
