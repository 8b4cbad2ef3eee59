/** One value that stands otherwise: undefined where there was or is nothing. */
export interface Change {
  /** `spec.replicas`, `spec.rules.0.host`, `spec.containers[api].image`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** One thing of a plan that came, went or changed. */
export interface ThingChange {
  /** `cloud resources`, `objects`, `connections`. */
  readonly kind: string;
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
  /** What of it; empty unless it changed. */
  readonly changes: readonly Change[];
}
