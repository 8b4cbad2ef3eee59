import { describe, expect, test } from "vitest";
import { availability, latency, type Objective } from "../../platform/objectives.ts";
import type { Metric } from "../../platform/metrics.ts";
import { defineService, type Service } from "../../platform/service.ts";
import { requestDuration, requests } from "../../services/api/service.ts";
import { serviceCalled } from "../environments.ts";

const api = serviceCalled("api");
const promising = (objective: Objective): (() => Service) => {
  return () => defineService({ ...api, objectives: [objective] });
};
const other: Metric = { name: "other_total", type: "counter", help: "", labels: [] };

test("a share is what its percentage says", () => {
  expect(availability("99.9%", { of: requests, failing: { status: "5.." } }).target).toBe(0.999);
  expect(latency("99.95%", { of: requestDuration, within: 0.5 }).target).toBe(0.9995);
});

describe("a descriptor is refused that promises", () => {
  test.each<[string, Objective, RegExp]>([
    [
      "by another's metric",
      availability("99%", { of: other, failing: {} }),
      /'other_total', which is none of its 'metrics'/,
    ],
    ["everything", availability("100%", { of: requests, failing: {} }), /must be between 0 % and 100 %/],
    [
      "latency of a counter",
      latency("99%", { of: requests, within: 0.5 }),
      /cannot be of 'http_requests_total', a counter/,
    ],
    ["by a label that is not there", availability("99%", { of: requests, failing: { code: "5.." } }), /label 'code'/],
    ["between two buckets", latency("99%", { of: requestDuration, within: 0.3 }), /'within' must be a bucket: 0.001/],
  ])("%s", (_, objective, rule) => {
    expect(promising(objective)).toThrow(rule);
  });

  test("the same twice", () => {
    const twice = ["99%", "95%"].map((share) => latency(share as "99%", { of: requestDuration, within: 0.5 }));
    expect(() => defineService({ ...api, objectives: twice })).toThrow(/two of its objectives are 'latency-500ms'/);
    const [first] = twice as [Objective];
    const apart = [first, latency("95%", { of: requestDuration, within: 0.2 })];
    expect(() => defineService({ ...api, objectives: apart })).not.toThrow();
  });

  test("a canary and nothing to judge it by", () => {
    expect(() => defineService({ ...api, objectives: [] })).toThrow(/'release: canary' needs 'exposed'.*'objectives'/);
  });
});
