import { count } from "../platform/count.ts";
import { foreignMetrics } from "../platform/catalogue/metrics.ts";
import { HISTOGRAM_BUCKETS, type Metric } from "../platform/metrics.ts";
import { scrapeJobsOf } from "../plan/model/jobs.ts";
import { describeObject } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import { queriesOf, type Query } from "../plan/model/queries.ts";
import { secondsOf } from "./evaluation/durations.ts";
import type { Proof } from "./proof.ts";
import { failuresOf } from "./rules.ts";
import { type Comparison, type MetricUse, type Usage, usageOf } from "./evaluation/promql-usage.ts";

/** Functions of counters; each takes a restart of the exporter into account. */
const OF_COUNTERS = ["rate", "irate", "increase", "resets"];
const OF_ABSENCE = ["absent", "absent_over_time"];
/** Fewer samples than this in a window, and one lost scrape leaves a query without an answer. */
const SAMPLES = 4;
/** Seconds between scrapes where no monitor of the plan says so: the usual interval of charts. */
const DEFAULT_INTERVAL = 30;
/** Slower, and a window of five minutes holds too few samples. */
const MAX_INTERVAL = 60;
/** Where Argo Rollouts writes which version a pod is of. */
const VERSION_LABEL = "rollouts-pod-template-hash";
/** Metrics for which lower is worse: the time at which something ends or was last done, and what is up or available. */
const FEWER_IS_WORSE = /(_timestamp_seconds|_timestamp|_available|^up)$/;
/** A shorter `for` ends before Prometheus evaluates the rule again. */
const MIN_FOR = 60;
/** Seconds that the fault may last before the alert fires. */
const MAX_FOR: Readonly<Record<string, number>> = { page: 30 * 60, ticket: 6 * 3600 };

type Type = Metric["type"] | "bucket" | "recorded ratio";

interface Series {
  readonly type: Type;
  /** Seconds between two samples. */
  readonly interval: number;
}

export const validSignals: Proof = {
  name: "valid-signals",
  claim: "Every query uses each metric as its type requires, over enough samples, and every alert fires in time.",
  examine(plan) {
    const queries = queriesOf(plan.objects.map(({ manifest }) => manifest));
    const series = seriesOf(plan, queries);
    const failures = queries.flatMap((query) => {
      const usage = usageOf(query.expression);
      return [...usageFailures(usage, series), ...alertFailures(query, usage)].map((what) => `${query.by}: ${what}`);
    });
    const alerts = queries.filter(({ alert }) => alert).length;
    failures.push(...monitorFailures(plan));
    return {
      evidence: [`${count(queries.length, "query", "queries")}, ${alerts} of them in alerts`],
      failures: [...new Set(failures)],
    };
  },
};

/** Every series that a query may read, by name. A histogram is read by its parts. */
function seriesOf(plan: Plan, queries: readonly Query[]): ReadonlyMap<string, Series> {
  const jobs = scrapeJobsOf(plan.objects.map(({ manifest }) => manifest));
  const exported = [
    ...foreignMetrics.map((metric) => ({ metric, interval: DEFAULT_INTERVAL })),
    ...plan.expected.metrics.map(({ service, metric }) => {
      const interval = secondsOf(jobs.find(({ job }) => job === service)?.interval ?? "");
      return { metric, interval: Number.isNaN(interval) ? DEFAULT_INTERVAL : interval };
    }),
  ];
  return new Map([
    ...exported.flatMap(({ metric: { name, type }, interval }): [string, Series][] =>
      type !== "histogram"
        ? [[name, { type, interval }]]
        : [
            [`${name}_bucket`, { type: "bucket", interval }],
            [`${name}_sum`, { type: "counter", interval }],
            [`${name}_count`, { type: "counter", interval }],
          ],
    ),
    ...queries.flatMap(({ record }): [string, Series][] =>
      record?.includes("ratio") ? [[record, { type: "recorded ratio", interval: DEFAULT_INTERVAL }]] : [],
    ),
  ]);
}

function usageFailures({ uses, comparisons, quantiles }: Usage, series: ReadonlyMap<string, Series>): string[] {
  return [
    ...uses.flatMap((use) => {
      const known = series.get(use.metric);
      return known ? useFailures(use, known) : [];
    }),
    ...comparisons.flatMap((comparison) => [...comparisonFailures(comparison, series), ...flagFailures(comparison)]),
    ...quantiles
      .filter((quantile) => !(quantile > 0 && quantile < 1))
      .map((quantile) => `asks for the quantile ${quantile}, which must be between 0 and 1.`),
  ];
}

function useFailures(use: MetricUse, { type, interval }: Series): string[] {
  const { metric, range } = use;
  const isShort = range !== undefined && !(range >= SAMPLES * interval);
  return [
    ...typeFailures(use, type === "counter" || type === "bucket"),
    ...(isShort
      ? [`reads '${metric}' over ${range} s, which holds fewer than ${SAMPLES} scrapes of ${interval} s.`]
      : []),
    ...(type === "bucket" ? bucketFailures(use) : []),
  ];
}

function typeFailures({ metric, around }: MetricUse, isCounter: boolean): string[] {
  const [innermost = ""] = around;
  const isRate = OF_COUNTERS.includes(innermost);
  if (isCounter && !isRate && !around.some((name) => OF_ABSENCE.includes(name)))
    return [`reads the counter '${metric}' without rate or increase, so it grows until a restart.`];
  if (!isCounter && isRate)
    return [`takes the ${innermost} of '${metric}', which is a gauge. Use delta, or an _over_time function.`];
  return [];
}

function bucketFailures({ metric, bucket, around, keeps }: MetricUse): string[] {
  if (bucket !== undefined) {
    return HISTOGRAM_BUCKETS.includes(Number(bucket))
      ? []
      : [`reads the bucket le="${bucket}" of '${metric}', which has ${HISTOGRAM_BUCKETS.join(", ")}.`];
  }
  if (!around.includes("histogram_quantile")) return [`reads all buckets of '${metric}'. Name one by le.`];
  const loses = keeps.some((labels) => labels && !labels.includes("le"));
  return loses ? [`takes a quantile of '${metric}' from buckets without le. Aggregate by (le).`] : [];
}

/** What is 0 or 1 is never over 1. */
const flags = new Set(foreignMetrics.filter(({ isFlag }) => isFlag).map(({ name }) => name));

const flagFailures = ({ operator, bound, metrics }: Comparison): string[] =>
  operator === ">" && !(bound >= 0 && bound < 1)
    ? metrics
        .filter((metric) => flags.has(metric))
        .map((metric) => `asks whether '${metric}', which is 0 or 1, is over ${bound}. Compare with 0.`)
    : [];

/** A ratio is between 0 and 1, so a bound outside is never reached, or always. */
function comparisonFailures(
  { operator, bound, isQuotient, metrics }: Comparison,
  series: ReadonlyMap<string, Series>,
): string[] {
  // Of each target, `up` is 0 or 1.
  const isRatio =
    isQuotient || metrics.includes("up") || metrics.some((metric) => series.get(metric)?.type === "recorded ratio");
  if (!isRatio || operator === "==" || operator === "!=" || (bound > 0 && bound < 1)) return [];
  return [`compares a ratio with ${bound}, which must be between 0 and 1.`];
}

function alertFailures({ alert, labels }: Query, { comparisons, absences, uses }: Usage): string[] {
  if (!alert) return [];
  const severity = labels["severity"] ?? "";
  if (severity === "heartbeat")
    return failuresOf([
      [isExplained(alert), `has no summary, or no runbook_url that ends in /${alert.name}.md.`],
      [
        comparisons.length + absences.length + uses.length === 0 && alert.for === undefined,
        "is a heartbeat that may stop while all is well. Read no metric, and wait for nothing.",
      ],
    ]);
  const most = MAX_FOR[severity] ?? 0;
  const seconds = alert.for === undefined ? MIN_FOR : secondsOf(alert.for);
  return failuresOf([
    [most > 0, `has the severity '${severity}', which no receiver handles. Set page, ticket or heartbeat.`],
    [isExplained(alert), `has no summary, or no runbook_url that ends in /${alert.name}.md.`],
    [
      comparisons.every(
        ({ operator, metrics }) => !operator.startsWith("<") || metrics.some((metric) => FEWER_IS_WORSE.test(metric)),
      ),
      "fires while all is well, since more is worse. Turn the comparison round.",
    ],
    [comparisons.length + absences.length > 0, "compares nothing, so it fires as long as its metric exists."],
    [
      most === 0 || (seconds >= MIN_FOR && seconds <= most),
      `waits for ${alert.for ?? ""}, which must be between ${MIN_FOR} s and ${most / 60} minutes for a ${severity}.`,
    ],
  ]);
}

const isExplained = ({ name, runbook, summary = "" }: NonNullable<Query["alert"]>): boolean =>
  summary !== "" && runbook?.endsWith(`/${name}.md`) === true;

interface MonitorSpec {
  readonly selector?: { readonly matchLabels?: object; readonly matchExpressions?: readonly unknown[] };
  readonly endpoints?: readonly Endpoint[];
  readonly podMetricsEndpoints?: readonly Endpoint[];
  readonly podTargetLabels?: readonly string[];
}

interface Endpoint {
  readonly interval?: string;
  readonly scrapeTimeout?: string;
}

/** A monitor without a selector reads everything in its namespace; one without endpoints reads nothing. */
function monitorFailures({ objects }: Plan): string[] {
  return objects
    .map(({ manifest }) => manifest)
    .filter(({ kind }) => kind === "ServiceMonitor" || kind === "PodMonitor")
    .flatMap((monitor) => {
      const { selector = {}, endpoints, podMetricsEndpoints, podTargetLabels = [] } = monitor.spec as MonitorSpec;
      const read = endpoints ?? podMetricsEndpoints ?? [];
      const selects = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length;
      return failuresOf([
        [selects > 0, "selects everything in its namespace."],
        [read.length > 0, "reads no endpoint."],
        [read.every(isTimely), "must end a scrape before the next begins."],
        // Without it, a canary cannot be told from the stable version.
        [!endpoints || podTargetLabels.includes(VERSION_LABEL), `does not keep the label ${VERSION_LABEL} of pods.`],
      ]).map((failure) => `${describeObject(monitor)} ${failure}`);
    });
}

const isTimely = ({ interval, scrapeTimeout }: Endpoint): boolean => {
  const [each, most] = [secondsOf(interval ?? "30s"), secondsOf(scrapeTimeout ?? "10s")];
  return each > 0 && each <= MAX_INTERVAL && most > 0 && most <= each;
};
