import type { Alert } from "../../k8s/constructs/alert-rules.ts";
import { foreignSeries } from "../../k8s/constructs/promql.ts";

/** A configuration or an object that a program of the stack does not take: it goes on with the last one that it took. */
const rejected = (program: string, expression: string): Alert => ({
  name: "MonitoringConfigRejected",
  expression,
  for: "10m",
  severity: "ticket",
  summary: `${program} has rejected a configuration: what was changed has no effect`,
  labels: { program },
});

const missing = (exporter: string, metric: string, consequence: string): Alert => ({
  name: "MetricsMissing",
  expression: `absent(${foreignSeries(metric)})`,
  for: "10m",
  severity: "page",
  summary: `${exporter} reports nothing: ${consequence}`,
  labels: { exporter },
});

export const alerts: readonly Alert[] = [
  {
    name: "Watchdog",
    expression: "vector(1)",
    severity: "heartbeat",
    summary: "Prometheus evaluates rules, and Alertmanager delivers alerts",
  },
  {
    name: "AlertsNotDelivered",
    expression: `sum by (integration) (rate(${foreignSeries("alertmanager_notifications_failed_total")}[10m])) > 0`,
    for: "5m",
    severity: "page",
    summary: "Alertmanager cannot deliver alerts through {{ $labels.integration }}",
  },
  {
    name: "RulesFailing",
    expression: `sum by (rule_group) (rate(${foreignSeries("prometheus_rule_evaluation_failures_total")}[10m])) > 0`,
    for: "10m",
    severity: "page",
    summary: "Rules of {{ $labels.rule_group }} cannot be evaluated: their alerts cannot fire",
  },
  rejected("prometheus", `min(${foreignSeries("prometheus_config_last_reload_successful")}) == 0`),
  rejected("alertmanager", `min(${foreignSeries("alertmanager_config_last_reload_successful")}) == 0`),
  rejected(
    "prometheus-operator",
    `sum by (resource) (${foreignSeries("prometheus_operator_managed_resources", { state: "rejected" })}) > 0`,
  ),
  missing("kubelet", "kubelet_node_name", "no alert on volumes can fire"),
  missing("alertmanager", "alertmanager_config_last_reload_successful", "nobody hears of an alert"),
  missing("prometheus-operator", "prometheus_operator_managed_resources", "new monitors and rules have no effect"),
];
