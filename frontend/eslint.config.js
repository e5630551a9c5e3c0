// Who may import whom, and what else must hold of every file here?
//
//     pages -> components -> composables -> stores -> {transport, model} -> protocol
//
// A folder may import what stands to its right, never what stands to its left; `i18n` and
// `styles` stand beside and import nothing.

import vue from "eslint-plugin-vue";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** What each folder may not reach, and why. */
const FOLDERS = {
  components: {
    not: ["pages", "transport"],
    packages: ["@teahouse/client"],
    because: "Components show what composables and stores hand them.",
  },
  composables: {
    not: ["pages", "components", "transport"],
    packages: [],
    because:
      "Composables join stores to components and know neither components nor the network.",
  },
  stores: {
    not: ["pages", "components", "composables"],
    packages: ["vue-router"],
    because: "Stores hold state and know nothing of how it is shown.",
  },
  model: {
    not: ["pages", "components", "composables", "stores", "transport", "i18n"],
    packages: ["vue", "pinia", "vue-router"],
    because: "The model is pure functions: no Vue, no network.",
  },
  transport: {
    not: ["pages", "components", "composables", "stores", "model", "i18n"],
    packages: ["vue", "pinia", "vue-router"],
    because:
      "Transport carries what the protocol names and keeps no state of the page.",
  },
  protocol: {
    not: [
      "pages",
      "components",
      "composables",
      "stores",
      "model",
      "transport",
      "i18n",
    ],
    packages: ["vue", "pinia", "vue-router"],
    because: "The protocol imports nothing of the page.",
  },
  i18n: {
    not: [
      "pages",
      "components",
      "composables",
      "stores",
      "model",
      "transport",
      "protocol",
    ],
    packages: ["vue", "pinia", "vue-router"],
    because: "Texts are a leaf.",
  },
};

const importRules = Object.entries(FOLDERS).map(
  ([folder, { not, packages, because }]) => ({
    files: [`src/${folder}/**/*.{ts,vue}`],
    ignores: ["**/*.spec.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: packages.map((name) => ({ name, message: because })),
          patterns: [
            { regex: `^\\.\\.?/(.*/)?(${not.join("|")})/`, message: because },
            {
              regex: "^\\.\\.?/(.*/)?(main|router|App\\.vue)$",
              message: because,
            },
          ],
        },
      ],
    },
  }),
);

export default defineConfig(
  { ignores: ["dist/", "node_modules/"] },
  ...tseslint.configs.recommended,
  ...vue.configs["flat/essential"],
  {
    files: ["**/*.vue"],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "no-eval": "error",
      "no-undef": "off", // The type checker knows every name, of the browser too.
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
      ],
      "vue/block-order": ["error", { order: ["script", "template", "style"] }],
      "vue/component-api-style": ["error", ["script-setup"]],
      "vue/no-v-html": "error", // Text is shown as text: stored markup would run in every browser.
      "vue/no-static-inline-styles": "error", // The site's policy forbids style attributes.
      "vue/no-unused-properties": "error",
      "vue/prefer-use-template-ref": "error",
      "vue/require-typed-ref": "error",
    },
  },
  { files: ["tools/**"], rules: { "no-console": "off" } },
  ...importRules,
);
