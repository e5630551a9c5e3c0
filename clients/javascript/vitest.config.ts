import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // A fresh environment for each file costs more than the tests in it.
    isolate: false,
    testTimeout: 20_000, // what looks at thousands of entries takes its time on a busy machine
    coverage: {
      include: ["src/**/*.ts"],
      exclude: ["**/*.spec.ts"],
      reporter: ["text-summary"],
      thresholds: { statements: 95, branches: 88, functions: 95, lines: 95 },
    },
  },
});
