import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/services/programs.ts",
    // Tiers that need more than Node have a script and a configuration of their own.
    exclude: [
      "test/native/**",
      "test/cluster/**",
      "test/nodes/**",
      "test/operators/**",
      "test/long/**",
      "test/browser/**",
    ],
    // Many tests wait for processes that they start: more files than cores run side by side.
    maxWorkers: 3,
    // Files of one worker share their modules: importing the providers takes longer than most files take.
    isolate: false,
    // Importing a cloud provider takes seconds on a small machine that is busy; no test is decided by time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
