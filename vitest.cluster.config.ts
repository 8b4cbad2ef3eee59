import { defineConfig } from "vitest/config";

/** What needs a control plane: see test/cluster. One file at a time: each starts one of its own. */
export default defineConfig({
  test: {
    include: ["test/cluster/**/*.test.ts"],
    fileParallelism: false,
    // The first run builds the control plane.
    hookTimeout: 3_600_000,
    testTimeout: 600_000,
  },
});
