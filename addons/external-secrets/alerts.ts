import type { Alert } from "../../k8s/constructs/alert-rules.ts";
import { foreignSeries } from "../../k8s/constructs/promql.ts";

/** Pods keep the value that they have. What was never there keeps pods from starting, which other alerts tell. */
export const alerts: readonly Alert[] = [
  {
    name: "SecretSyncFailing",
    expression: `max by (namespace, name) (${foreignSeries("externalsecret_status_condition", { condition: "Ready", status: "False" })}) > 0`,
    for: "15m",
    severity: "ticket",
    summary: "ExternalSecret {{ $labels.namespace }}/{{ $labels.name }} is not brought up to date",
  },
];
