import type { Alert } from "../../k8s/constructs/alert-rules.ts";
import { foreignSeries } from "../../k8s/constructs/promql.ts";

const SECONDS_PER_MINUTE = 60;

/** It looks every ten seconds. Where nobody leads there is no series; a pod that is gone, JobSilent tells. */
export const alerts: readonly Alert[] = [
  {
    name: "NodeScalingStuck",
    expression: `time() - max(${foreignSeries("cluster_autoscaler_last_activity", { activity: "main" })}) > ${10 * SECONDS_PER_MINUTE} or absent(${foreignSeries("cluster_autoscaler_last_activity", { activity: "main" })})`,
    for: "5m",
    severity: "page",
    summary: "The cluster autoscaler has not looked for pods without a node for ten minutes",
  },
  {
    name: "NodeScalingFailing",
    expression: `sum by (reason) (increase(${foreignSeries("cluster_autoscaler_failed_scale_ups_total")}[15m])) > 0`,
    for: "15m",
    severity: "ticket",
    summary: "The cluster autoscaler cannot add nodes: {{ $labels.reason }}",
  },
];
