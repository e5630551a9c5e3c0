// @vitest-environment node
import { ESLint } from "eslint";
import { expect, test } from "vitest";

const eslint = new ESLint({ cwd: import.meta.dirname });

test.each([
  ["src/components/room/X.ts", "../../pages/RoomsPage.vue"],
  ["src/components/room/X.ts", "../../transport/chatApi"],
  ["src/components/room/X.ts", "@teahouse/client"],
  ["src/composables/x.ts", "../components/ui/BaseIcon.vue"],
  ["src/composables/x.ts", "../transport/chatApi"],
  ["src/stores/x.ts", "../composables/useText"],
  ["src/stores/x.ts", "../components/ui/BaseIcon.vue"],
  ["src/stores/x.ts", "vue-router"],
  ["src/stores/x.ts", "../router"],
  ["src/model/x.ts", "vue"],
  ["src/model/x.ts", "../stores/rooms"],
  ["src/model/x.ts", "../transport/chatApi"],
  ["src/transport/x.ts", "../model/roomState"],
  ["src/transport/x.ts", "pinia"],
  ["src/protocol/x.ts", "../model/roomState"],
  ["src/i18n/x.ts", "../stores/settings"],
])("%s may not import %s", async (file, target) => {
  expect(await rulesBroken(file, target)).toContain("no-restricted-imports");
});

// The control: the same check lets every arrow of the picture through.
test.each([
  ["src/pages/x.ts", "../components/ui/BaseIcon.vue"],
  ["src/components/room/X.ts", "../../composables/useText"],
  ["src/components/room/X.ts", "../../stores/rooms"],
  ["src/components/room/X.ts", "../message/MessageList.vue"],
  ["src/composables/x.ts", "../stores/rooms"],
  ["src/composables/x.ts", "../model/roomState"],
  ["src/stores/x.ts", "../transport/chatApi"],
  ["src/stores/x.ts", "../model/roomState"],
  ["src/stores/x.ts", "pinia"],
  ["src/model/x.ts", "../protocol/frames"],
  ["src/transport/x.ts", "../protocol/frames"],
])("%s may import %s", async (file, target) => {
  expect(await rulesBroken(file, target)).toEqual([]);
});

test("markup from a text is refused, text is not", async () => {
  const component = (content: string) =>
    `<script setup lang="ts">\ndefineProps<{ text: string }>();\n</script>\n\n<template>\n  ${content}\n</template>\n`;

  expect(
    await rulesIn("src/pages/X.vue", component('<p v-html="text" />')),
  ).toContain("vue/no-v-html");
  expect(
    await rulesIn("src/pages/XPage.vue", component("<p>{{ text }}</p>")),
  ).toEqual([]);
});

function rulesBroken(file: string, target: string) {
  return rulesIn(file, `import "${target}";\n`);
}

async function rulesIn(file: string, code: string) {
  const [result] = await eslint.lintText(code, { filePath: file });
  return result?.messages.map((message) => message.ruleId);
}
