import { defineConfig } from "vitest/config";

/** What needs Node alone, and minutes: all damage, every kill, a compiler, copies of the project. */
export default defineConfig({
  test: {
    include: ["test/long/**/*.test.ts"],
    globalSetup: "test/services/programs.ts",
    testTimeout: 1_200_000,
    hookTimeout: 120_000,
    // They wait for most of their time.
    maxWorkers: 2,
    // LangGraph's suite for checkpointers takes `describe` and its like from the global scope, and brings a vitest of its own.
    globals: true,
    server: { deps: { inline: ["@langchain/langgraph-checkpoint-validation"] } },
  },
});
