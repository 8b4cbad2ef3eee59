import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { HTTPS_PORT, internet } from "../../platform/connections.ts";
import { nodesOf, spreadPods } from "../../platform/placement.ts";

const NAME = "external-secrets";
const WEBHOOK = `${NAME}-webhook`;
const CERT_CONTROLLER = `${NAME}-cert-controller`;
const PORTS = { metrics: 8080, webhook: 10_250 } as const;
const labelsOf = (name: string): { "app.kubernetes.io/name": string } => ({ "app.kubernetes.io/name": name });

const controller = { requests: { cpu: "20m", memory: "96Mi" }, limits: { memory: "256Mi" } };
const helper = { requests: { cpu: "10m", memory: "48Mi" }, limits: { memory: "128Mi" } };

/**
 * External Secrets, which brings secrets from the store into the cluster. It only reads: what it could push, generate or copy to every
 * namespace is off.
 */
export const externalSecrets = defineAddon({
  name: NAME,
  licence: "Apache-2.0",
  options: z.strictObject({}),
  enabled: () => true,
  delivery: {
    by: "application",
    source: { kind: "chart", repository: "https://charts.external-secrets.io", chart: NAME, versions: ["2.9.0"] },
    values: ({ placement, protect }) => {
      // Each of its Deployments takes these below its own key.
      const replicated = protect
        ? { replicaCount: 2, podDisruptionBudget: { enabled: true, maxUnavailable: 1 } }
        : { replicaCount: 1 };
      return {
        ...replicated,
        leaderElect: protect,
        processClusterExternalSecret: false,
        processPushSecret: false,
        processClusterPushSecret: false,
        processClusterGenerator: false,
        crds: {
          createClusterExternalSecret: false,
          createPushSecret: false,
          createClusterPushSecret: false,
          createClusterGenerator: false,
        },
        livenessProbe: { enabled: true },
        readinessProbe: { enabled: true },
        resources: controller,
        webhook: { ...replicated, resources: helper },
        certController: { ...replicated, resources: helper },
        global: { ...nodesOf(placement), ...(protect && { topologySpreadConstraints: spreadPods() }) },
      };
    },
  },
  namespace: { name: NAME, podSecurity: "restricted" },
  pool: "infrastructure",
  pods: {
    [NAME]: { labels: labelsOf(NAME) },
    [WEBHOOK]: { labels: labelsOf(WEBHOOK) },
    [CERT_CONTROLLER]: { labels: labelsOf(CERT_CONTROLLER) },
  },
  connections: ({ cloud, controlPlane, own }) => [
    ...[own(NAME), own(WEBHOOK), own(CERT_CONTROLLER)].flatMap((from) =>
      controlPlane.ports.map((port) => ({ from, to: controlPlane.api, port })),
    ),
    { from: controlPlane.caller, to: own(WEBHOOK), port: PORTS.webhook },
    ...(cloud.secretStore === "secret-manager" ? [{ from: own(NAME), to: internet, port: HTTPS_PORT }] : []),
  ],
  scraped: [{ group: NAME, port: { name: "metrics", number: PORTS.metrics } }],
  failures: [
    {
      ...{ failure: "a secret is no longer brought up to date", operator: ">", atMost: 0 },
      metric: "externalsecret_status_condition",
    },
  ],
  kinds: [
    "external-secrets.io/ClusterSecretStore",
    "external-secrets.io/ExternalSecret",
    "external-secrets.io/SecretStore",
  ],
  rights: () => [{ name: NAME, group: NAME, serviceAccount: NAME, may: "read-secrets" }],
  // Its certificate controller fills in the certificate of its webhook, which starts once that is there.
  secrets: () => ({ made: [{ name: WEBHOOK, namespace: NAME, keys: ["ca.crt", "tls.crt", "tls.key"] }] }),
});
