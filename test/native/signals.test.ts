import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { queryFor } from "../../k8s/constructs/signals.ts";
import { requestLatency, requestsPerSecond } from "../../platform/signals.ts";

/** The queries of autoscalers, answered by Prometheus' own engine: promtool of Debian's package `prometheus`. */
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-signals-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const own = { namespace: "application", job: "web" };
const counter = { name: "requests_total", type: "counter", help: "", labels: ["route"] } as const;
const histogram = { name: "duration_seconds", type: "histogram", help: "", labels: ["route"] } as const;
const requests = queryFor(requestsPerSecond(counter, { perReplica: 50 }), own);
const latency = queryFor(requestLatency(histogram, { quantile: 0.5, within: 0.5 }), own);

/** Throws, with what was answered, unless a query answers these values after ten minutes, scraped each 15 s. */
function expectAnswer(query: string, series: Readonly<Record<string, string>>, values: readonly number[]): void {
  const asked = { expr: query, eval_time: "10m", exp_samples: values.map((value) => ({ labels: "{}", value })) };
  const input = Object.entries(series).map(([name, value]) => ({ series: name, values: value }));
  const tests = [{ interval: "15s", input_series: input, promql_expr_test: [asked] }];
  writeFileSync(join(folder, "query.yaml"), stringify({ tests }));
  execFileSync("promtool", ["test", "rules", "query.yaml"], { cwd: folder, stdio: "pipe" });
}

const web = (name: string, labels = "", pod = "web-0"): string =>
  `${name}{namespace="application",job="web",pod="${pod}"${labels}}`;
/** Requests of which half take up to 0.1 s, the others up to 0.5 s. */
const durations = (each: (share: number) => string): Record<string, string> => ({
  [web("duration_seconds_bucket", ',le="0.1"')]: each(1),
  [web("duration_seconds_bucket", ',le="0.5"')]: each(2),
  [web("duration_seconds_bucket", ',le="+Inf"')]: each(2),
  [web("duration_seconds_count")]: each(2),
});

test("requests per second are summed over replicas, and other workloads do not count", () => {
  const series = {
    [web("requests_total")]: "0+150x40",
    [web("requests_total", "", "web-1")]: "0+300x40",
    'requests_total{namespace="application",job="api",pod="api-0"}': "0+900x40",
  };
  expectAnswer(requests, series, [30]);
  expect(() => expectAnswer(requests, series, [31])).toThrow("Command failed");
});

test("latency is the quantile of the requests of the last two minutes", () => {
  expectAnswer(
    latency,
    durations((share) => `0+${15 * share}x40`),
    [0.1],
  );
});

test("latency without requests is 0, so that replicas go", () => {
  expectAnswer(
    latency,
    durations((share) => `${15 * share}x40`),
    [0],
  );
});

test("latency without series has no answer, so that replicas stay", () => {
  expectAnswer(latency, { [web("other")]: "1x40" }, []);
});
