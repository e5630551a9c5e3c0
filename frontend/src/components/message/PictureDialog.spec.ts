import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import type { Attachment } from "../../protocol/frames";
import PictureDialog from "./PictureDialog.vue";

const pictures: Attachment[] = ["a/b", "second", "third"].map((id) => ({
  ...{ id, state: "ready", width: 80, height: 60 },
}));

function opened(shown: readonly Attachment[] = pictures, start = 0) {
  const dialog = mount(PictureDialog, {
    props: { pictures: shown, start, name: "Ann" },
    global: { plugins: [createPinia()] },
  });
  const image = () => dialog.get("[data-testid=picture-large]").attributes();
  return { dialog, image };
}

test("the picture that was chosen is shown, and the others by keys and buttons", async () => {
  const { dialog, image } = opened(pictures, 1);
  expect(image()).toMatchObject({ src: "/media/second", width: "80" });
  expect(image().alt).toBe("Picture from Ann (2/3)");

  await dialog.trigger("keydown", { key: "ArrowLeft" });
  expect(image().src).toBe("/media/a%2Fb");
  await dialog.trigger("keydown", { key: "ArrowLeft" });
  expect(image().src).toBe("/media/a%2Fb");
  await dialog.get("[data-testid=picture-after]").trigger("click");
  await dialog.get("[data-testid=picture-after]").trigger("click");

  expect(image().src).toBe("/media/third");
  expect(dialog.get("[data-testid=picture-after]").attributes()).toHaveProperty(
    "disabled",
  );
});

test("one picture alone has no others to go to", () => {
  const { dialog, image } = opened(pictures.slice(0, 1));

  expect(image().alt).toBe("Picture from Ann");
  expect(dialog.find("[data-testid=picture-after]").exists()).toBe(false);
});

test("a picture that is gone says so, and the next one is tried all the same", async () => {
  const { dialog, image } = opened();
  await dialog.get("img").trigger("error");
  expect(dialog.get("[role=alert]").text()).toMatch(/not there any more/);

  await dialog.trigger("keydown", { key: "ArrowRight" });

  expect(image().src).toBe("/media/second");
});

test("a click beside the picture closes it, one on the picture does not", async () => {
  const { dialog } = opened();

  await dialog.get("img").trigger("click");
  expect(dialog.emitted("close")).toBeUndefined();
  await dialog.get(".stage").trigger("click");

  expect((dialog.element as HTMLDialogElement).open).toBe(false);
});
