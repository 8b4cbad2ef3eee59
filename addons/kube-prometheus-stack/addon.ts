import { defineAddon } from "../../platform/addon.ts";
import { HTTPS_PORT, internet, nodes } from "../../platform/connections.ts";
import { inClusterHost, namespaces, SECRET_PROPERTY, secretPath } from "../../platform/names.ts";
import { GRAFANA_ADMIN, NAMESPACE, PORTS, RECEIVERS } from "./facts.ts";
import { options, receiversOf } from "./options.ts";
import { podsOfAlertmanager, podsOfPrometheus } from "./pods-of-stack.ts";
import { values } from "./values.ts";

const NAME = "kube-prometheus-stack";
/** Random bytes of the password of Grafana's administrator. */
const PASSWORD_BYTES = 32;
const named = (name: string): { labels: Record<string, string> } => ({ labels: { "app.kubernetes.io/name": name } });

/**
 * kube-prometheus-stack: Prometheus, its operator, Alertmanager, kube-state-metrics and Grafana. Grafana's licence, the AGPL, asks
 * for the source of what was changed: it runs unchanged, as a workload of its own.
 */
export const kubePrometheusStack = defineAddon({
  name: NAME,
  licence: "Apache-2.0 AND AGPL-3.0-only",
  options,
  enabled: () => true,
  needs: ["node-exporter", "prometheus-operator-crds"],
  delivery: {
    by: "application",
    // After its secrets, which are of the layer before.
    layer: "data",
    source: {
      kind: "chart",
      repository: "https://prometheus-community.github.io/helm-charts",
      chart: NAME,
      versions: ["88.5.3"],
    },
    values,
  },
  namespace: { name: NAMESPACE, podSecurity: "restricted" },
  pool: "infrastructure",
  pods: {
    prometheus: named("prometheus"),
    alertmanager: named("alertmanager"),
    grafana: named("grafana"),
    "kube-state-metrics": named("kube-state-metrics"),
    "prometheus-operator": { labels: { app: `${NAME}-operator` } },
  },
  connections: ({ own, controlPlane, options: { receivers } }) => [
    ...scraped.map(([group, port]) => ({ from: own("prometheus"), to: own(group), port })),
    { from: own("prometheus"), to: nodes, port: PORTS.kubelet },
    { from: own("grafana"), to: own("prometheus"), port: PORTS.prometheus },
    { from: own("grafana"), to: own("alertmanager"), port: PORTS.alertmanager },
    ...(["TCP", "UDP"] as const).map((protocol) => ({
      ...{ from: own("alertmanager"), to: own("alertmanager"), port: PORTS.gossip, protocol },
    })),
    // A receiver's URL is a secret, so nobody knows its host when policies are rendered.
    ...(receiversOf(receivers).length > 0 ? [{ from: own("alertmanager"), to: internet, port: HTTPS_PORT }] : []),
    // Prometheus finds its targets through the API, Grafana its dashboards, the others what they watch.
    ...["prometheus", "grafana", "kube-state-metrics", "prometheus-operator"].flatMap((group) =>
      controlPlane.ports.map((port) => ({ from: own(group), to: controlPlane.api, port })),
    ),
  ],
  failures: [
    {
      ...{ failure: "an alert is not delivered", operator: ">", atMost: 0 },
      metric: "alertmanager_notifications_failed_total",
    },
    {
      ...{ failure: "a rule cannot be evaluated", operator: ">", atMost: 0 },
      metric: "prometheus_rule_evaluation_failures_total",
    },
  ],
  provides: [
    {
      capability: "metrics",
      group: "prometheus",
      port: PORTS.prometheus,
      host: inClusterHost(`${NAME}-prometheus`, NAMESPACE),
    },
  ],
  operates: {
    "monitoring.coreos.com/v1 Prometheus": podsOfPrometheus,
    "monitoring.coreos.com/v1 Alertmanager": podsOfAlertmanager,
  },
  creates: [
    {
      // The operator keeps the addresses of all nodes in it.
      ...{ kind: "Service", name: `${NAME}-kubelet`, namespace: namespaces.system },
      labels: { "app.kubernetes.io/name": "kubelet", "k8s-app": "kubelet" },
      nodePorts: { "https-metrics": PORTS.kubelet },
    },
  ],
  secrets: ({ environment, options: { receivers } }) => {
    const path = secretPath(environment, "grafana", "admin");
    const [first, ...others] = receiversOf(receivers).map(([severity]) => ({
      ...{ file: severity, path: secretPath(environment, "alerts", severity), property: SECRET_PROPERTY },
    }));
    return {
      stored: [
        { path, resource: GRAFANA_ADMIN.secret, made: { kind: "random", bytes: PASSWORD_BYTES } },
        ...receiversOf(receivers).map(([severity]) => ({
          path: secretPath(environment, "alerts", severity),
          resource: `alerts-${severity}`,
          made: { kind: "supplied" } as const,
        })),
      ],
      mounted: [
        {
          name: GRAFANA_ADMIN.secret,
          namespace: NAMESPACE,
          reader: `${NAME}-grafana`,
          files: [{ file: GRAFANA_ADMIN.file, path, property: SECRET_PROPERTY }],
        },
        ...(first
          ? [
              {
                name: RECEIVERS.secret,
                namespace: NAMESPACE,
                reader: "alertmanager",
                files: [first, ...others] as const,
              },
            ]
          : []),
      ],
    };
  },
});

/** What the chart's monitors have Prometheus read; it sends its alerts to the same port of Alertmanager. */
const scraped = [
  ["prometheus", PORTS.prometheus],
  ["prometheus", PORTS.reloader],
  ["alertmanager", PORTS.alertmanager],
  ["alertmanager", PORTS.reloader],
  ["prometheus-operator", PORTS.operator],
  ["kube-state-metrics", PORTS.kubeStateMetrics],
  ["grafana", PORTS.grafana],
] as const;
