import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, expect, test, vi } from "vitest";

import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import AnnounceForm from "./AnnounceForm.vue";

const announce = vi.fn<ChatApi["announce"]>();
let form: VueWrapper;
afterEach(() => form.unmount());

test("what is written is told to everybody once, and the field is empty again", async () => {
  const { tell, field } = mounted();

  await tell("  Tea at four. ");

  expect(announce).toHaveBeenCalledExactlyOnceWith("Tea at four.");
  expect(field.value).toBe("");
  expect(form.text()).toContain("Told.");
});

test.each([
  ["nothing but space", "  ", "Write what everybody should know."],
  ["too much", "茶".repeat(2001), "Use at most 2000 characters."],
])("%s is not told, and the field says why", async (_, text, why) => {
  const { tell, field } = mounted();
  await tell("Tea at four.");

  await tell(text);
  expect(form.get("[role=alert]").text()).toBe(why);
  expect(document.activeElement).toBe(field);
  expect(announce).toHaveBeenCalledTimes(1);

  await form.get("textarea").setValue("茶".repeat(2000)); // the control
  expect(form.text()).not.toContain("Told.");
  await form.trigger("submit");
  await flushPromises();
  expect(announce).toHaveBeenCalledTimes(2);
});

test("a refusal is told, and what was written stays", async () => {
  announce.mockRejectedValueOnce(new ApiError("forbidden", 403, "", false));
  const { tell, field } = mounted();

  await tell("Tea at four.");

  expect(form.get("[role=alert]").text()).toBe("You may not do that.");
  expect(field.value).toBe("Tea at four.");
});

function mounted() {
  const { app } = fakeApp({ announce });
  form = mount(AnnounceForm, {
    attachTo: document.body,
    global: { provide: app._context.provides },
  });
  const area = form.get<HTMLTextAreaElement>("[data-testid=announce-text]");
  const tell = async (text: string) => {
    await area.setValue(text);
    await form.trigger("submit");
    await flushPromises();
  };
  return { tell, field: area.element };
}
