/** A metric as a service exports it: the service builds its registry from this, queries are built from it too. */
export interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  /** Each replica exports the same number, so a query takes the largest: a sum would multiply it. @default false */
  readonly shared?: boolean;
}

/** Upper bounds of all our histograms, in seconds. They cover a request or a step: from a millisecond to ten seconds. */
export const HISTOGRAM_BUCKETS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10,
];
