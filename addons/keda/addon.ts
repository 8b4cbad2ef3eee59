import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { nodesOf, spreadPods } from "../../platform/placement.ts";

const NAME = "keda";
const OPERATOR = "keda-operator";
const METRICS_API = "keda-operator-metrics-apiserver";
const WEBHOOKS = "keda-admission-webhooks";
const PORTS = { metrics: 8080, metricsApi: 6443, webhook: 9443, operator: 9666 } as const;
/** The chart selects pods by this label. */
const labelsOf = (app: string): { app: string } => ({ app });

const operator = { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } };
const helper = { requests: { cpu: "20m", memory: "64Mi" }, limits: { cpu: "1", memory: "256Mi" } };
const budget = { maxUnavailable: 1 };

/** KEDA, which scales services on queues, and models on the requests that they have in hand. */
export const keda = defineAddon({
  name: NAME,
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "application",
    source: { kind: "chart", repository: "https://kedacore.github.io/charts", chart: NAME, versions: ["2.20.2"] },
    values: ({ placement, protect }) => {
      const replicas = { replicaCount: protect ? 2 : 1 };
      return {
        // One operator leads; the metrics API server tries until it is connected to that.
        operator: replicas,
        metricsServer: replicas,
        webhooks: replicas,
        ...(protect && {
          podDisruptionBudget: { operator: budget, metricServer: budget, webhooks: budget },
          topologySpreadConstraints: {
            operator: spreadPods(labelsOf(OPERATOR)),
            metricsServer: spreadPods(labelsOf(METRICS_API)),
            webhooks: spreadPods(labelsOf(WEBHOOKS)),
          },
        }),
        resources: { operator, metricServer: helper, webhooks: helper },
        // The chart always lets it scale Deployments. Our triggers need no credentials, so it reads no Secret of other namespaces.
        rbac: { scaledRefKinds: [{ apiGroup: "argoproj.io", kind: "rollouts" }] },
        permissions: { operator: { restrict: { secret: true } }, metricServer: { restrict: { secret: true } } },
        // Metrics are off by default.
        prometheus: { operator: { enabled: true } },
        ...nodesOf(placement),
      };
    },
  },
  namespace: { name: NAME, podSecurity: "restricted" },
  pool: "infrastructure",
  pods: {
    [OPERATOR]: { labels: labelsOf(OPERATOR) },
    [METRICS_API]: { labels: labelsOf(METRICS_API) },
    [WEBHOOKS]: { labels: labelsOf(WEBHOOKS) },
  },
  connections: ({ controlPlane, own, provider }) => {
    const prometheus = provider("metrics");
    return [
      ...[own(OPERATOR), own(METRICS_API), own(WEBHOOKS)].flatMap((from) =>
        controlPlane.ports.map((port) => ({ from, to: controlPlane.api, port })),
      ),
      { from: controlPlane.caller, to: own(METRICS_API), port: PORTS.metricsApi },
      { from: controlPlane.caller, to: own(WEBHOOKS), port: PORTS.webhook },
      { from: own(METRICS_API), to: own(OPERATOR), port: PORTS.operator },
      ...(prometheus ? [{ from: own(OPERATOR), to: prometheus.pods, port: prometheus.port }] : []),
    ];
  },
  scraped: [{ group: OPERATOR, port: { name: "metrics", number: PORTS.metrics } }],
  provides: [{ capability: "metric-scaling", group: OPERATOR }],
  kinds: ["keda.sh/ScaledObject"],
  // The operator makes the certificate of all three, by which they know each other.
  secrets: () => ({ made: [{ name: "kedaorg-certs", namespace: NAME, keys: ["ca.crt", "tls.crt", "tls.key"] }] }),
});
