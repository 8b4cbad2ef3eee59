import { expect, test } from "vitest";
import { parseEnvironment } from "../../platform/read-environment.ts";
import { descriptors, environmentSource } from "../environments.ts";

test("a number that is not finite is shown as it was read, not as null", () => {
  const source = environmentSource("production", {}).replace(/max: \d+/, "max: 1e400");
  expect(() => parseEnvironment(source, "production", descriptors)).toThrow(/nodes\.max = Infinity\n/);
});
