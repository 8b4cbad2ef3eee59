import { expect, test } from "vitest";
import { errorRatio } from "../../k8s/constructs/objective-queries.ts";
import { latency } from "../../platform/objectives.ts";
import { requestDuration } from "../../services/api/service.ts";

const bucketOf = (within: number): string => {
  const query = errorRatio(
    latency("99%", { of: requestDuration, within }),
    { namespace: "application", job: "api" },
    "5m",
  );
  return /le(=~?"[^"]*")/.exec(query)?.[1] ?? "";
};

test("a latency objective of whole seconds selects the bound as Prometheus 2 stores it and as Prometheus 3 does", () => {
  const [, pattern = ""] = /^=~"(.*)"$/.exec(bucketOf(1)) ?? [];
  const selects = new RegExp(`^(?:${pattern})$`);
  expect(["1", "1.0", "10", "10.0", "2.5", "1.5"].filter((bound) => selects.test(bound))).toEqual(["1", "1.0"]);
});

test("a latency objective of a part of a second selects its bound", () => {
  expect(bucketOf(0.5)).toBe('="0.5"');
});
