import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { demand } from "../../k8s/constructs/model-server.ts";
import { folder, promtool } from "./rules.ts";

/** Whether a query answers one number, after ten minutes of series. */
function answers(query: string, value: number, input: Readonly<Record<string, string>>): string {
  const asked = { expr: query, eval_time: "10m", exp_samples: [{ labels: "{}", value }] };
  const series = Object.entries(input).map(([name, values]) => ({ series: name, values }));
  const tests = [{ interval: "1m", input_series: series, promql_expr_test: [asked] }];
  writeFileSync(join(folder, "query.yaml"), stringify({ tests }));
  return promtool("test", "rules", "query.yaml");
}

describe("the demand for a model's replicas, with promtool's own engine", () => {
  const of = (metric: string, pod: string): string =>
    `vllm:num_requests_${metric}{namespace="inference",job="m",pod="${pod}"}`;
  const ready = (pod: string): string => `kube_pod_status_ready{namespace="inference",pod="${pod}",condition="false"}`;

  test.each<[string, number, Record<string, string>]>([
    ["is what runs and what waits", 30, { [of("running", "m-0")]: "20x20", [of("waiting", "m-0")]: "10x20" }],
    [
      "is summed over replicas",
      64,
      { [of("running", "m-0")]: "32x20", [of("running", "m-1")]: "32x20", [of("waiting", "m-0")]: "0x20" },
    ],
    [
      "calls for no more while one starts that will take in what waits",
      // 20 that run, 24 that the one that starts stands for, and nothing beyond the four rounds it will take.
      44,
      { [of("running", "m-0")]: "20x20", [of("waiting", "m-0")]: "90x20", [ready("m-1")]: "1x20" },
    ],
    [
      "calls for more when more waits than it will take",
      20 + 24 + 4,
      { [of("running", "m-0")]: "20x20", [of("waiting", "m-0")]: "100x20", [ready("m-1")]: "1x20" },
    ],
    [
      "counts another workload's pods for nothing",
      20,
      { [of("running", "m-0")]: "20x20", [of("waiting", "m-0")]: "0x20", [ready("weights-m-0")]: "1x20" },
    ],
  ])("%s", (_, value, input) => {
    expect(answers(demand("inference", "m"), value, input)).toMatch(/SUCCESS\s*$/);
  });
});
