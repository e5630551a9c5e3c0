import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test, vi } from "vitest";

import { SERVICES } from "../../stores/services";
import { ann, ben, den } from "../../testing/cast";
import MessageComposer from "./MessageComposer.vue";

test("Enter sends the text without the space around it", async () => {
  const { composer, press } = mounted("  hello ");

  const event = await press("Enter");

  expect(composer.emitted("send")).toEqual([["hello"]]);
  expect(event.defaultPrevented).toBe(true);
});

test("Shift and Enter start a new line", async () => {
  const { composer, press } = mounted("hello");

  const event = await press("Enter", { shiftKey: true });

  expect(composer.emitted("send")).toBeUndefined();
  expect(event.defaultPrevented).toBe(false);
});

test("Enter that confirms a candidate of an input method sends nothing", async () => {
  const { composer, press } = mounted("nihao");

  const event = await press("Enter", { isComposing: true });

  expect(composer.emitted("send")).toBeUndefined();
  expect(event.defaultPrevented).toBe(false);
});

test("Enter with key code 229 sends nothing: Safari has ended the composition by then", async () => {
  const { composer, press } = mounted("你好");

  await press("Enter", { keyCode: 229 });
  expect(composer.emitted("send")).toBeUndefined();

  await press("Enter", { keyCode: 13 });
  expect(composer.emitted("send")).toEqual([["你好"]]);
});

test("an arrow up in an empty field edits what was said last; with Alt it walks the rooms", async () => {
  const { composer, press } = mounted("");

  const walked = await press("ArrowUp", { altKey: true });
  expect(composer.emitted("editLast")).toBeUndefined();
  expect(walked.defaultPrevented).toBe(false);

  await press("ArrowUp");
  expect(composer.emitted("editLast")).toHaveLength(1);
});

test("nothing but space is not sent, by key or by button", async () => {
  const { composer, press } = mounted(" \n ");

  await press("Enter");
  await composer.get("form").trigger("submit");

  expect(composer.emitted("send")).toBeUndefined();
  expect(composer.get("[data-testid=send]").attributes("disabled")).toBe("");
});

test("a text that is too long stays unsent, and says by how much", async () => {
  const { composer, press } = mounted("a".repeat(8002));
  expect(composer.get(".count").text()).toBe("2 characters too long");

  await press("Enter");
  expect(composer.emitted("send")).toBeUndefined();

  await composer.setProps({ modelValue: "a".repeat(8000) }); // the control
  await press("Enter");
  expect(composer.emitted("send")).toHaveLength(1);
});

test("a picture needs no words, and is taken from what is pasted", async () => {
  const { composer, press } = mounted("");
  await press("Enter");
  expect(composer.emitted("send")).toBeUndefined();

  await composer.setProps({ pictureCount: 1 });
  await press("Enter");
  expect(composer.emitted("send")).toEqual([[""]]);

  const file = new File(["x"], "tea.png", { type: "image/png" });
  const paste = (types: string[]) => {
    const event = new Event("paste", { bubbles: true, cancelable: true });
    const clipboardData = { files: [file], types };
    composer
      .get("textarea")
      .element.dispatchEvent(Object.assign(event, { clipboardData }));
    return event.defaultPrevented;
  };
  // Words copied from a document bring their looks along.
  expect(paste(["text/plain", "Files"])).toBe(false);
  expect(paste(["Files"])).toBe(true);
  expect(composer.emitted("pictures")).toEqual([[[file]]]);
});

const members = async () => ({
  members: [ann, ben].map((user) => ({ user, role: "member", online: true })),
});

test("behind @ stand people to choose from, and Enter chooses instead of sending", async () => {
  const { composer, press } = mounted("tea, ");
  const field = composer.get("textarea").element;
  const types = async (text: string) => {
    field.value += text;
    await composer.get("textarea").trigger("input");
    await composer.setProps({ modelValue: field.value });
  };

  await types("@");
  await vi.waitFor(() =>
    expect(composer.findAll("[role=option]")).toHaveLength(2),
  );
  await types("be");
  await vi.waitFor(() =>
    expect(composer.findAll("[role=option]")).toHaveLength(1),
  );
  expect(field.getAttribute("aria-activedescendant")).toBe(
    composer.get("[aria-selected=true]").element.id,
  );
  await press("Enter");

  expect(composer.emitted("send")).toBeUndefined();
  expect(composer.emitted("update:modelValue")?.at(-1)).toEqual(["tea, @ben "]);
  expect(composer.findAll("[role=option]")).toHaveLength(0);
  await types("@be"); // the control: where Esc has closed it, Enter sends
  await vi.waitFor(() =>
    expect(composer.findAll("[role=option]")).toHaveLength(1),
  );
  await press("Escape");
  await press("Enter");
  expect(composer.emitted("send")).toHaveLength(1);
});

function mounted(modelValue: string) {
  const composer = mount(MessageComposer, {
    props: {
      modelValue,
      roomId: den.id,
      roomName: "The den",
      pictureCount: 0,
      isWaiting: false,
      mayBringPictures: true,
    },
    global: {
      plugins: [createPinia()],
      provide: { [SERVICES as symbol]: { api: { members } } },
    },
  });
  async function press(key: string, init: KeyboardEventInit = {}) {
    const event = new KeyboardEvent("keydown", {
      key,
      bubbles: true,
      cancelable: true,
      ...init,
    });
    composer.get("textarea").element.dispatchEvent(event);
    await composer.vm.$nextTick();
    return event;
  }
  return { composer, press };
}
