import { defineConfig } from "vitest/config";

/** Third-party operators that take too long to build for every change: see test/operators. */
export default defineConfig({
  test: {
    include: ["test/operators/**/*.test.ts"],
    fileParallelism: false,
    // The first run builds the programs.
    hookTimeout: 3_600_000,
    testTimeout: 1_200_000,
  },
});
