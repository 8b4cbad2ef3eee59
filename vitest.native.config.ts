import { defineConfig } from "vitest/config";

/** What needs Go or a database client: see test/native. */
export default defineConfig({
  test: { include: ["test/native/**/*.test.ts"], testTimeout: 900_000, hookTimeout: 900_000 },
});
