import { describe, expect, test } from "vitest";
import { validSignals } from "../../proofs/valid-signals.ts";
import { secondsOf } from "../../proofs/evaluation/durations.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, planOf } from "../plans.ts";

const plan = await planOf("production");

test.each(environmentNames)("every signal of %s is read as its type requires", async (name) => {
  expect(validSignals.examine(await planOf(name)).failures).toEqual([]);
});

/** The failures once the first alert of the platform's group `pods` says something else. */
function saying(changes: Record<string, unknown>): readonly string[] {
  const damaged = damageObject(plan, "PrometheusRule", "platform", ({ spec }) => {
    Object.assign(spec.groups[0].rules[0], { for: "5m" }, changes);
  });
  return validSignals.examine(damaged).failures;
}

describe("an alert", () => {
  test.each<[string, string, RegExp]>([
    ["a counter without rate", "http_requests_total > 5", /reads the counter 'http_requests_total' without rate/],
    ["a counter under an aggregation alone", "sum(http_requests_total) > 5", /without rate or increase/],
    ["the average of a counter", "avg_over_time(http_requests_total[5m]) > 5", /without rate or increase/],
    ["a queue that is short", "max(promptops_queue_depth) < 5", /fires while all is well, since more is worse/],
    ["a share of targets over one", 'avg(up{job="api"}) <= 50', /compares a ratio with 50/],
    ["the rate of a gauge", "rate(kube_pod_status_unschedulable[5m]) > 0", /takes the rate of .* which is a gauge/],
    [
      "a quantile without le",
      "histogram_quantile(0.9, sum(rate(http_request_duration_seconds_bucket[5m]))) > 1",
      /from buckets without le/,
    ],
    [
      "a quantile over an inner aggregation without le",
      "histogram_quantile(0.9, sum by (le) (sum by (job) (rate(http_request_duration_seconds_bucket[5m])))) > 1",
      /from buckets without le/,
    ],
    [
      "a quantile in percent",
      "histogram_quantile(99, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 1",
      /asks for the quantile 99/,
    ],
    [
      "a bucket that does not exist",
      'sum(rate(http_request_duration_seconds_bucket{le="0.3"}[5m])) > 1',
      /reads the bucket le="0.3"/,
    ],
    ["all buckets at once", "sum(rate(http_request_duration_seconds_bucket[5m])) > 1", /reads all buckets/],
    [
      "a ratio in percent",
      "kubelet_volume_stats_used_bytes / kubelet_volume_stats_capacity_bytes > 90",
      /compares a ratio with 90/,
    ],
    ["a recorded ratio in percent", 'slo:error_ratio:rate5m{service="api"} > 1', /compares a ratio with 1,/],
    [
      "more than one of what is 0 or 1",
      "max(kube_pod_status_unschedulable) > 1",
      /is 0 or 1, is over 1. Compare with 0/,
    ],
    ["two scrapes", "rate(http_requests_total[30s]) > 5", /over 30 s, which holds fewer than 4 scrapes of 15 s/],
    ["nothing to compare", "kube_pod_status_unschedulable", /compares nothing/],
  ])("that reads %s is found", (_, expr, failure) => {
    expect(saying({ expr })).toEqual([expect.stringMatching(failure)]);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["waits for days", { for: "5d" }, /waits for 5d, which must be between 60 s and 360 minutes for a ticket/],
    ["does not wait", { for: "10ms" }, /waits for 10ms/],
    ["waits for no duration", { for: "soon" }, /waits for soon/],
    ["has no severity", { labels: {} }, /has the severity ''/],
    ["has no runbook", { annotations: { summary: "x" } }, /has no summary, or no runbook_url/],
    [
      "has another's runbook",
      { annotations: { summary: "x", runbook_url: "https://x/Other.md" } },
      /PodRestarting\.md/,
    ],
    ["has no summary", { annotations: { runbook_url: "https://x/PodRestarting.md" } }, /has no summary/],
    ["pages after an hour", { labels: { severity: "page" }, for: "1h" }, /between 60 s and 30 minutes for a page/],
  ])("that %s is found", (_, changes, failure) => {
    expect(saying(changes)).toEqual([expect.stringMatching(failure)]);
  });

  test.each([
    'absent(up{job="api"} == 1)',
    "absent(http_requests_total)",
    "delta(kube_pod_status_unschedulable[5m]) > 0",
    "histogram_quantile(0.9, sum by (job, le) (rate(http_request_duration_seconds_bucket[5m]))) > 1",
    "time() - velero_backup_last_successful_timestamp > 86400",
    "kubelet_volume_stats_used_bytes / 1024 > 90",
  ])("%s passes", (expr) => {
    expect(saying({ expr })).toEqual([]);
  });
});

test("the monitor's own interval decides how long a window must be", () => {
  const damaged = damageObject(plan, "ServiceMonitor", "api", ({ spec }: Editable) => {
    spec.endpoints[0].interval = "2m";
  });
  expect(validSignals.examine(damaged).failures).toContainEqual(
    expect.stringMatching(/over 120 s, which holds fewer than 4 scrapes of 120 s/),
  );
});

test.each([
  ["1h30m", 5400],
  ["15s", 15],
  ["250ms", 0.25],
  ["5 m", NaN],
  ["", NaN],
])("the duration '%s' is %d s", (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});

describe("a monitor", () => {
  test.each<[string, string, string, (spec: Editable) => unknown, RegExp]>([
    ["of everything", "ServiceMonitor", "api", (spec) => (spec.selector = {}), /selects everything in its namespace/],
    ["of nothing", "ServiceMonitor", "worker", (spec) => (spec.endpoints = []), /reads no endpoint/],
    ["of pods of nothing", "PodMonitor", "velero", (spec) => delete spec.podMetricsEndpoints, /reads no endpoint/],
    [
      "that does not end in time",
      "ServiceMonitor",
      "api",
      (spec) => (spec.endpoints[0].scrapeTimeout = "1m"),
      /end a scrape/,
    ],
    ["that reads each hour", "ServiceMonitor", "api", (spec) => (spec.endpoints[0].interval = "1h"), /end a scrape/],
    ["that mixes versions", "ServiceMonitor", "api", (spec) => delete spec.podTargetLabels, /does not keep the label/],
  ])("%s is found", (...each) => {
    const [, kind, name, damage, failure] = each;
    const damaged = damageObject(plan, kind, name, ({ spec }) => {
      damage(spec);
    });
    expect(validSignals.examine(damaged).failures).toContainEqual(expect.stringMatching(failure));
  });
});
