import type { Metric } from "../../platform/metrics.ts";
import type { LatencyObjective, Objective } from "../../platform/objectives.ts";
import { equals, type Matcher, series } from "./promql.ts";

/** Whose events are counted: the job under which Prometheus scrapes, and more where only some of its pods are meant. */
export interface Target {
  readonly namespace: string;
  readonly job: string;
  readonly pods?: readonly Matcher[];
}

const matching = (labels: Readonly<Record<string, string>>, operator: "=~" | "!~"): Matcher[] =>
  Object.entries(labels).map(([label, value]) => ({ label, operator, value }));

/**
 * The share of events in a window (`5m`) that were not good: 0 when all were, NaN or nothing when there were no events. An
 * outcome that has never been seen has no series: it counts as none.
 */
export function errorRatio(objective: Objective, target: Target, window: string): string {
  const counted = countedBy(objective, target);
  const sum = (selector: string): string => `sum(${perSeries(objective.of, `rate(${selector}[${window}])`)})`;
  if (objective.kind === "availability") {
    const failed = series(objective.of, [...counted, ...matching(objective.failing, "=~")]);
    return `(${sum(failed)} or vector(0)) / ${sum(series(objective.of, counted))}`;
  }
  const inTime = series(objective.of, [...counted, bucketOf(objective.within)], "_bucket");
  return `1 - ${sum(inTime)} / ${sum(series(objective.of, counted, "_count"))}`;
}

/** The bucket up to a number of seconds. Prometheus 3 stores the bound of a whole number as `1.0`, Prometheus 2 as it is exposed. */
const bucketOf = (seconds: number): Matcher =>
  Number.isInteger(seconds)
    ? { label: "le", operator: "=~", value: `${seconds}([.]0)?` }
    : { label: "le", operator: "=", value: String(seconds) };

/** The seconds within which a share of events ends; NaN when there were none. */
export function quantile(share: number, objective: LatencyObjective, target: Target, window: string): string {
  const buckets = series(objective.of, countedBy(objective, target), "_bucket");
  return `histogram_quantile(${share}, sum by (le) (rate(${buckets}[${window}])))`;
}

/** Of a number that each replica exports, one is taken. */
const perSeries = ({ shared = false, labels }: Metric, rate: string): string =>
  shared ? `max by (${labels.join(", ")}) (${rate})` : rate;

const countedBy = ({ except }: Objective, { namespace, job, pods = [] }: Target): Matcher[] => [
  ...equals({ namespace, job }),
  ...pods,
  ...matching(except, "!~"),
];
