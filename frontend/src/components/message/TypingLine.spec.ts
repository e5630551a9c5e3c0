import { mount } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nextTick } from "vue";

import { useTyping } from "../../stores/typing";
import { ann, ben, den, person } from "../../testing/cast";
import { fakeApp, type FakeClient } from "../../testing/fakeServices";
import TypingLine from "./TypingLine.vue";

const users = { ann, ben, cy: person("cy", "Cy") };
let client: FakeClient;

beforeEach(() => {
  vi.useFakeTimers();
  client = fakeApp().client;
  useTyping().listen(client);
});
afterEach(async () => {
  await vi.advanceTimersByTimeAsync(60_000); // nobody is looked for any more
  vi.useRealTimers();
});

test("who writes is named, never oneself, and of many only that they are several", async () => {
  const { line, writes } = mounted();

  await writes("ann");
  expect(line.text()).toBe("");
  await writes("ben");
  expect(line.text()).toBe("小本 is writing…");
  await writes("cy", "zoe");
  expect(line.text()).toBe("小本, Cy, and Somebody are writing…");
  await writes("dee");

  expect(line.text()).toBe("Several people are writing…");
});

test("who fell silent is named no more, and who writes elsewhere is not", async () => {
  const { line, writes } = mounted();
  await writes("ben");
  client.emit("frame", { type: "typing", roomId: "hall", userId: "cy" });
  await nextTick();
  expect(line.text()).toBe("小本 is writing…");

  await vi.advanceTimersByTimeAsync(10_000);

  expect(line.text()).toBe("");
});

function mounted() {
  const line = mount(TypingLine, {
    props: { roomId: den.id, users, myId: ann.id },
  });
  const writes = async (...ids: string[]) => {
    for (const userId of ids)
      client.emit("frame", { type: "typing", roomId: den.id, userId });
    await nextTick();
  };
  return { line, writes };
}
