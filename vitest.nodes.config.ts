import { defineConfig } from "vitest/config";

/** What needs nodes that run pods: see test/nodes. One file at a time: each starts nodes of its own. */
export default defineConfig({
  test: {
    include: ["test/nodes/**/*.test.ts"],
    fileParallelism: false,
    // The first run builds the programs of control plane and nodes.
    hookTimeout: 3_600_000,
    testTimeout: 600_000,
  },
});
