import { fileURLToPath } from "node:url";

import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

import { shellWorker } from "./tools/shellWorker.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const clientSource = here("../clients/javascript/src/index.ts");
const gateway = `http://localhost:${process.env.PORT ?? "8787"}`;

export default defineConfig({
  plugins: [
    vue(),
    shellWorker({
      worker: here("worker/serviceWorker.js"),
      publicDir: here("public"),
    }),
  ],
  resolve: { alias: { "@teahouse/client": clientSource } },
  define: {
    __VUE_OPTIONS_API__: "false",
    __VUE_PROD_DEVTOOLS__: "false",
  },
  build: {
    // The style sheet uses light-dark() and relative colours, which these have and older ones do not.
    target: ["chrome123", "firefox128", "safari18"],
    // The policy of the site allows no `data:` fonts or scripts, so nothing small is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
  },
  server: {
    proxy: {
      "/api": { target: gateway },
      "/ws": { target: gateway, ws: true },
      "/media": { target: gateway },
    },
  },
  test: {
    environment: "happy-dom",
    mockReset: true,
    testTimeout: 20_000, // ESLint takes its time to start on a busy machine
    // A fresh environment for each file costs more than all tests; they clean up after themselves.
    isolate: false,
    include: ["src/**/*.spec.ts", "*.spec.ts"],
  },
});
