import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { inClusterHost, namespaces } from "../../platform/names.ts";

const PORTS = {
  prometheus: 9090,
  alertmanager: 9093,
  operator: 10_250,
  kubeStateMetrics: 8080,
  grafana: 3000,
} as const;
const named = (name: string): { labels: Record<string, string> } => ({ labels: { "app.kubernetes.io/name": name } });

/** kube-prometheus-stack: Prometheus, its operator, Alertmanager, Grafana and kube-state-metrics. */
export const kubePrometheusStack = defineAddon({
  name: "kube-prometheus-stack",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  enabled: () => true,
  delivery: {
    by: "assumed",
    evidence: {
      page: "https://github.com/prometheus-community/helm-charts/tree/main/charts/kube-prometheus-stack",
      date: "2026-11-22",
    },
  },
  namespace: { name: namespaces.observability },
  pods: {
    prometheus: named("prometheus"),
    alertmanager: named("alertmanager"),
    grafana: named("grafana"),
    "kube-state-metrics": named("kube-state-metrics"),
    "prometheus-operator": { labels: { app: "kube-prometheus-stack-operator" } },
  },
  connections: ({ own, controlPlane }) => [
    { from: own("grafana"), to: own("prometheus"), port: PORTS.prometheus },
    { from: own("prometheus"), to: own("alertmanager"), port: PORTS.alertmanager },
    { from: own("prometheus"), to: own("kube-state-metrics"), port: PORTS.kubeStateMetrics },
    { from: own("prometheus"), to: own("prometheus"), port: PORTS.prometheus },
    // Prometheus asks the API for its targets, the others for what they watch.
    ...["prometheus", "kube-state-metrics", "prometheus-operator"].flatMap((group) =>
      controlPlane.ports.map((port) => ({ from: own(group), to: controlPlane.api, port })),
    ),
    { from: controlPlane.caller, to: own("prometheus-operator"), port: PORTS.operator },
  ],
  provides: [
    {
      capability: "metrics",
      group: "prometheus",
      port: PORTS.prometheus,
      // The Service that the operator makes for every Prometheus of the namespace.
      host: inClusterHost("prometheus-operated", namespaces.observability),
    },
  ],
  kinds: [
    "monitoring.coreos.com/PodMonitor",
    "monitoring.coreos.com/PrometheusRule",
    "monitoring.coreos.com/ServiceMonitor",
  ],
});
