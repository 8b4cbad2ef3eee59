import { defineConfig } from "vitest/config";

/** What needs Chromium: see test/browser. Each file starts a platform and a browser of its own. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    globalSetup: "test/browser/programs.ts",
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
