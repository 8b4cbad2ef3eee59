import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { HISTOGRAM_BUCKETS, type Metric } from "../../../platform/metrics.ts";

/** The metrics that a descriptor declares, and no others: one that is not declared cannot be recorded. */
export interface Metrics {
  readonly registry: Registry;
  /** Adds one to a counter. */
  readonly count: (metric: Metric, labels: Labels) => void;
  /** Records a value of a histogram, in the metric's unit. */
  readonly observe: (metric: Metric, labels: Labels, value: number) => void;
  /** Sets a gauge, or a counter that is kept elsewhere. */
  readonly set: (metric: Metric, labels: Labels, value: number) => void;
}

type Labels = Readonly<Record<string, string>>;
type Instrument = Counter | Gauge | Histogram;

const kinds = { counter: Counter, gauge: Gauge, histogram: Histogram } as const;

export function createMetrics(declared: readonly Metric[]): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const instruments = new Map<string, Instrument>(
    declared.map(({ name, help, labels, type }) => {
      const options = { name, help, labelNames: [...labels], registers: [registry] };
      return [name, new kinds[type]({ ...options, ...(type === "histogram" && { buckets: [...HISTOGRAM_BUCKETS] }) })];
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
      if (metric.type !== "counter") {
        find(metric, Gauge<string>).set(labels, value);
        return;
      }
      const counter = find(metric, Counter<string>);
      counter.remove(labels);
      counter.inc(labels, value);
    },
  };
}
