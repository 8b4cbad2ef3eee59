/** A metric as a service exports it: the service builds its registry from this, queries are built from it too. */
export interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
}
