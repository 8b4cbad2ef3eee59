import { namespaces } from "../../platform/names.ts";
import type { LatencySignal, RequestsSignal, Signal } from "../../platform/signals.ts";
import { equals, series } from "./promql.ts";

/** Adds a replica for each `perReplica` of a query's result, which is one series. */
export interface QuerySignal {
  readonly kind: "query";
  readonly query: string;
  readonly perReplica: number;
}

export type ResourceSignal = Extract<Signal, { kind: "cpu" | "memory" }>;

export const isResource = (signal: Signal | QuerySignal): signal is ResourceSignal =>
  signal.kind === "cpu" || signal.kind === "memory";

/** A trigger of a ScaledObject. */
export interface Trigger {
  readonly type: string;
  readonly metricType: "AverageValue" | "Utilization" | "Value";
  readonly metadata: Readonly<Record<string, string>>;
}

/** Whose metrics are read, and the URL of Prometheus. */
interface Scraped {
  readonly namespace: string;
  readonly job: string;
  readonly prometheus: string;
}

/** The window of a rate: eight scrapes. */
const WINDOW = "2m";

export function triggerOf(signal: Signal | QuerySignal, scraped: Scraped): Trigger {
  if (isResource(signal)) {
    return { type: signal.kind, metricType: "Utilization", metadata: { value: String(signal.percent) } };
  }
  const latency = signal.kind === "latency";
  return {
    type: "prometheus",
    // More replicas share a number of requests or messages, but each sees the same latency.
    metricType: latency ? "Value" : "AverageValue",
    metadata: {
      serverAddress: scraped.prometheus,
      query: signal.kind === "query" ? signal.query : queryFor(signal, scraped),
      threshold: String(latency ? signal.within : signal.perReplica),
      ignoreNullValues: "false",
    },
  };
}

type PrometheusSignal = Exclude<Signal, ResourceSignal>;

export function queryFor(signal: PrometheusSignal, scraped: Pick<Scraped, "namespace" | "job">): string {
  switch (signal.kind) {
    case "metric":
      // Each replica exports the same number, so a sum would multiply it by the replicas.
      return `max(${series(signal.metric, equals(signal.matching))})`;
    case "messages":
      // Of a queue with replicas on several nodes, one reports; another may still report what it knew as the leader.
      return `max(${series(signal.metric, equals({ namespace: namespaces.data, queue: signal.queue }))})`;
    case "requests":
      return `sum(${rate(signal, scraped)})`;
    case "latency":
      return latencyQuery(signal, scraped);
  }
}

/**
 * A quantile without requests is NaN and would stop the autoscaler, so it counts as 0. A histogram without series stays without an
 * answer: then the replicas are kept.
 */
function latencyQuery(signal: LatencySignal, scraped: Pick<Scraped, "namespace" | "job">): string {
  const quantile = `histogram_quantile(${signal.quantile}, sum by (le) (${rate(signal, scraped, "_bucket")}))`;
  return `(${quantile} >= 0) or 0 * sum(${rate(signal, scraped, "_count")})`;
}

function rate(
  { metric, matching }: RequestsSignal | LatencySignal,
  { namespace, job }: Pick<Scraped, "namespace" | "job">,
  part: "" | "_bucket" | "_count" = "",
): string {
  return `rate(${series(metric, equals({ namespace, job, ...matching }), part)}[${WINDOW}])`;
}
