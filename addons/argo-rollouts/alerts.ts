import type { Alert } from "../../k8s/constructs/alert-rules.ts";
import { foreignSeries } from "../../k8s/constructs/promql.ts";

export const alerts: readonly Alert[] = [
  {
    name: "RolloutAborted",
    expression: `max by (namespace, name) (${foreignSeries("rollout_info", { phase: "Degraded" })}) > 0`,
    severity: "page",
    summary: "{{ $labels.namespace }}/{{ $labels.name }}: the new version violated an SLO and was rolled back",
  },
  {
    name: "MetricsMissing",
    expression: `absent(${foreignSeries("rollout_info")})`,
    for: "15m",
    severity: "ticket",
    summary: "Argo Rollouts reports no Rollout: an aborted release would not be noticed",
    labels: { exporter: "argo-rollouts" },
  },
  {
    name: "RolloutInconclusive",
    expression: `max by (namespace, name) (${foreignSeries("rollout_info", { phase: "Paused" })}) > 0`,
    for: "1h",
    severity: "ticket",
    summary:
      "{{ $labels.namespace }}/{{ $labels.name }} waits for a person: too little traffic to judge the new version",
  },
];
