import { foreignMetrics, targetLabels } from "../../platform/catalogue/metrics.ts";
import type { Metric } from "../../platform/metrics.ts";

/** Told apart by it are the pods of a Rollout's versions; Scrape has Prometheus keep it. */
export const VERSION_LABEL = "rollouts_pod_template_hash";

export interface Matcher {
  readonly label: string;
  readonly operator: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

export const equals = (labels: Readonly<Record<string, string>>): Matcher[] =>
  Object.entries(labels).map(([label, value]) => ({ label, operator: "=", value }));

/**
 * The series of a metric that match: `http_requests_total{job="api"}`. Throws for a label that neither the metric nor its target
 * has. A histogram is read by one of its parts.
 */
export function series(metric: Metric, matchers: readonly Matcher[], part: "" | "_bucket" | "_count" = ""): string {
  const labels = [...metric.labels, ...targetLabels, VERSION_LABEL, ...(part === "_bucket" ? ["le"] : [])];
  const written = matchers.map(({ label, operator, value }) => {
    if (!labels.includes(label)) {
      throw new Error(`Metric '${metric.name}' has no label '${label}'. Its labels are ${labels.join(", ")}.`);
    }
    return `${label}${operator}${JSON.stringify(value)}`;
  });
  return `${metric.name}${part}{${written.join(",")}}`;
}

/** The series of a metric of the catalogue that have these labels. */
export const foreignSeries = (name: string, labels: Readonly<Record<string, string>> = {}): string =>
  series(foreign(name), equals(labels));

/** A row of the catalogue. Throws for a metric that is none of it. */
export function foreign(name: string): Metric {
  const metric = foreignMetrics.find((row) => row.name === name);
  if (!metric)
    throw new Error(`Metric '${name}' has no row in platform/catalogue/metrics.ts. Add it, with its source.`);
  return metric;
}
