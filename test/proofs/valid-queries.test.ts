import { describe, expect, test } from "vitest";
import { validQueries } from "../../proofs/valid-queries.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, planOf, withoutObject } from "../plans.ts";

const plan = await planOf("production");

test.each(environmentNames)("every query of %s reads what exists", async (name) => {
  const { failures, evidence } = validQueries.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence[0]).toMatch(/^\d+ queries of \d\d metrics$/);
});

/** The failures once the worker's autoscaler asks something else. */
function asking(query: string, metadata: Record<string, string> = {}): readonly string[] {
  const damaged = damageObject(plan, "ScaledObject", "worker", ({ spec }) =>
    Object.assign(spec.triggers[0].metadata, { query, ...metadata }),
  );
  return validQueries.examine(damaged).failures;
}

describe("an autoscaler that asks", () => {
  test.each<[string, string, RegExp]>([
    ["what is no PromQL", "max(promptops_queue_depth{", /worker: is not valid PromQL: parse error/],
    ["nothing", "", /is not valid PromQL/],
    [
      "for a metric that is misspelt",
      "max(promptops_queue_dept)",
      /reads 'promptops_queue_dept', which nothing exports/,
    ],
    [
      "by a label that the metric has not",
      'max(promptops_queue_depth{que="x"})',
      /matches 'que', a label that .* does not have/,
    ],
    ["for the sum of what each replica exports alike", "sum(promptops_queue_depth)", /takes the sum of .* Use max/],
    ["for it without aggregation", "promptops_queue_depth", /takes the series of 'promptops_queue_depth'/],
    ["by labels alone", '{job="worker"}', /reads series by their labels alone/],
    ["a job that nobody scrapes", 'max(promptops_queue_depth{job="jobs"})', /of job 'jobs', which no monitor scrapes/],
    ["another service's job", 'max(promptops_queue_depth{job="api"})', /of job 'api', which no monitor scrapes/],
    ["another namespace", 'max(promptops_queue_depth{namespace="prod"})', /in?.*namespace 'prod', which no monitor/],
    [
      "of a namespace that is not there",
      'sum(kube_job_status_failed{namespace="prod"})',
      /of the namespace 'prod', which nothing creates/,
    ],
    ["groups by what is gone", "max by (queue) (max by (job) (promptops_queue_depth))", /groups by 'queue'/],
    [
      "joins on what one side has not",
      "max by (job) (promptops_queue_depth) / on (node) max by (job) (promptops_queue_depth)",
      /groups by 'node'/,
    ],
    ["a histogram by its own name", "max(http_request_duration_seconds)", /which nothing exports/],
  ])("%s is told so", (_, query, failure) => {
    expect(asking(query)).toEqual([expect.stringMatching(failure)]);
  });

  test("and takes no answer for zero is told so", () => {
    expect(asking("max(promptops_queue_depth)", { ignoreNullValues: "true" })).toEqual([
      expect.stringMatching(/^ScaledObject application\/worker: takes no answer for zero/),
    ]);
  });

  test.each([
    'max(promptops_queue_depth{queue="executions",job="worker"})',
    "max by (pod) (promptops_queue_depth)",
    "max without (pod) (promptops_queue_depth) + on (job) group_left (namespace) max by (job, namespace) (promptops_queue_depth)",
    "histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))",
    "max_over_time(max(promptops_queue_depth)[5m:1m])",
  ])("%s is let be", (query) => {
    expect(asking(query)).toEqual([]);
  });
});

const rule = (spec: Editable, name: string): Editable =>
  spec.groups.flatMap(({ rules }: Editable) => rules).find((each: Editable) => (each.alert ?? each.record) === name);

test("an alert that shows a label which its answer has not", () => {
  const damaged = damageObject(plan, "PrometheusRule", "platform", ({ spec }) => {
    rule(spec, "NodeNotReady").annotations.summary = "{{ $labels.instance }} is gone";
  });
  expect(validQueries.examine(damaged).failures).toEqual([
    "PrometheusRule observability/platform, NodeNotReady: shows 'instance', a label that its result does not have.",
  ]);
});

test("an alert over a recording that is gone", () => {
  const damaged = damageObject(plan, "PrometheusRule", "api", ({ spec }) => {
    rule(spec, "slo:error_ratio:rate3d").record = "slo:error_ratio:rate4d";
  });
  expect(validQueries.examine(damaged).failures).toEqual([
    "PrometheusRule application/api, ErrorBudgetBurn: reads 'slo:error_ratio:rate3d' with labels that no recording rule gives it.",
  ]);
  const none = withoutObject(withoutObject(damaged, "PrometheusRule", "worker"), "PrometheusRule", "platform");
  expect(validQueries.examine(none).failures).toHaveLength(1);
});

test("a canary whose monitor no longer keeps the version apart", () => {
  const damaged = damageObject(plan, "ServiceMonitor", "api", ({ spec }) => delete spec.podTargetLabels);
  const { failures } = validQueries.examine(damaged);
  expect(failures).toHaveLength(5);
  expect(failures[0]).toMatch(/^AnalysisTemplate application\/api, availability: matches 'rollouts_pod_template_hash'/);
});

test("a service whose monitor selects nothing", () => {
  const damaged = damageObject(plan, "ServiceMonitor", "worker", ({ spec }) => {
    spec.selector.matchLabels["app.kubernetes.io/name"] = "workers";
  });
  expect(validQueries.examine(damaged).failures).toContainEqual(
    expect.stringMatching(
      /ScaledObject application\/worker: reads 'promptops_queue_depth' of job 'worker' in namespace 'application', which no monitor scrapes there/,
    ),
  );
});
