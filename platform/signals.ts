import { queueMessages } from "./catalogue/metrics.ts";
import { UserError } from "./faults.ts";
import { HISTOGRAM_BUCKETS, type Metric } from "./metrics.ts";

/** What an autoscaler decides by. */
export type Signal =
  | { readonly kind: "cpu" | "memory"; readonly percent: number }
  | GaugeSignal
  | MessagesSignal
  | RequestsSignal
  | LatencySignal;

/** Of a gauge that every replica exports alike. */
export interface GaugeSignal {
  readonly kind: "metric";
  readonly metric: Metric;
  readonly matching: Readonly<Record<string, string>>;
  readonly perReplica: number;
}

/** Of a queue of the message broker: messages that wait, and that were delivered and not acknowledged. */
export interface MessagesSignal {
  readonly kind: "messages";
  readonly metric: Metric;
  readonly queue: string;
  readonly perReplica: number;
}

/** Of the workload's own counter of requests. */
export interface RequestsSignal {
  readonly kind: "requests";
  readonly metric: Metric;
  readonly matching: Readonly<Record<string, string>>;
  /** Requests per second. */
  readonly perReplica: number;
}

/** Of the workload's own histogram of seconds. */
export interface LatencySignal {
  readonly kind: "latency";
  readonly metric: Metric;
  readonly matching: Readonly<Record<string, string>>;
  /** From 0 to 1. */
  readonly quantile: number;
  /** Seconds. */
  readonly within: number;
}

/** Keeps the average CPU use of the replicas at so many percent of what they request. */
export const cpu = (percent: number): Signal => ({ kind: "cpu", percent });
/** Keeps the average memory use of the replicas at so many percent of what they request. */
export const memory = (percent: number): Signal => ({ kind: "memory", percent });

/** Adds a replica for each `perReplica` of a gauge. Each replica exports the same number, so the largest is taken. */
export function gauge(
  metric: Metric,
  { matching, perReplica }: { matching: Readonly<Record<string, string>>; perReplica: number },
): GaugeSignal {
  return { kind: "metric", metric, matching, perReplica };
}

/** Adds a replica for each `perReplica` messages in a queue of the message broker. Where there is none, the minimum of replicas runs. */
export const queuedMessages = (queue: string, { perReplica }: { readonly perReplica: number }): MessagesSignal => ({
  kind: "messages",
  metric: queueMessages,
  queue,
  perReplica,
});

/** Adds a replica for each `perReplica` requests per second of a counter that the service itself exports. */
export function requestsPerSecond(
  metric: Metric,
  { matching = {}, perReplica }: { matching?: Readonly<Record<string, string>>; perReplica: number },
): RequestsSignal {
  requireSignal(metric, metric.type === "counter", "a counter");
  requireSignal(metric, perReplica > 0, `'perReplica' above 0, not ${perReplica}`);
  return { kind: "requests", metric, matching, perReplica };
}

/**
 * Adds replicas while a quantile of a histogram that the service itself exports is above `within` seconds, in proportion to the
 * excess. `quantile` is from 0 to 1. @default 0.95
 */
export function requestLatency(
  metric: Metric,
  {
    matching = {},
    quantile = 0.95,
    within,
  }: { matching?: Readonly<Record<string, string>>; quantile?: number; within: number },
): LatencySignal {
  const largest = Math.max(...HISTOGRAM_BUCKETS);
  requireSignal(metric, metric.type === "histogram", "a histogram");
  requireSignal(metric, quantile > 0 && quantile < 1, `'quantile' between 0 and 1, not ${quantile}`);
  requireSignal(metric, within > 0 && within < largest, `'within' between 0 and ${largest} seconds, not ${within}`);
  return { kind: "latency", metric, matching, quantile, within };
}

function requireSignal({ name, type }: Metric, holds: boolean, rule: string): void {
  if (!holds) throw new UserError(`A signal of '${name}', a ${type}, needs ${rule}.`);
}
