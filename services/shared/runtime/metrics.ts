import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Metric } from "../../../platform/metrics.ts";

/** The metrics that a descriptor declares, and no others: one that is not declared cannot be recorded. */
export interface Metrics {
  readonly registry: Registry;
  /** Adds one to a counter. */
  readonly count: (metric: Metric, labels: Labels) => void;
  /** Records a value of a histogram, in the metric's unit. */
  readonly observe: (metric: Metric, labels: Labels, value: number) => void;
  readonly set: (metric: Metric, labels: Labels, value: number) => void;
}

type Labels = Readonly<Record<string, string>>;
type Instrument = Counter | Gauge | Histogram;

/** Seconds, from a millisecond to ten: what a request or a step of an execution takes. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10];

const kinds = { counter: Counter, gauge: Gauge, histogram: Histogram } as const;

export function createMetrics(declared: readonly Metric[]): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const instruments = new Map<string, Instrument>(
    declared.map(({ name, help, labels, type }) => {
      const options = { name, help, labelNames: [...labels], registers: [registry] };
      return [name, new kinds[type]({ ...options, ...(type === "histogram" && { buckets: SECONDS }) })];
    }),
  );
  const find = <Kind extends Instrument>(metric: Metric, kind: new (...options: never[]) => Kind): Kind => {
    const instrument = instruments.get(metric.name);
    if (instrument instanceof kind) return instrument;
    throw new Error(`Metric '${metric.name}' is no ${metric.type} of the service's descriptor. Add it to 'metrics'.`);
  };
  return {
    registry,
    count: (metric, labels) => {
      find(metric, Counter<string>).inc(labels);
    },
    observe: (metric, labels, value) => {
      find(metric, Histogram<string>).observe(labels, value);
    },
    set: (metric, labels, value) => {
      find(metric, Gauge<string>).set(labels, value);
    },
  };
}
