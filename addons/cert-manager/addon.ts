import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { HTTPS_PORT, internet } from "../../platform/connections.ts";
import { certificatesOf } from "../../platform/environment.ts";
import { namespaces } from "../../platform/names.ts";
import { nodesOf, spreadPods } from "../../platform/placement.ts";

const NAME = "cert-manager";
const PORTS = { http: 80, metrics: 9402, solver: 8089, webhook: 10_250 } as const;

/** Its pods, by component: https://cert-manager.io/docs/installation/best-practice/#high-availability says how many. */
const components = {
  controller: {
    labels: { "app.kubernetes.io/name": NAME, "app.kubernetes.io/component": "controller" },
    protectedReplicas: 2,
    resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "256Mi" } },
  },
  webhook: {
    labels: { "app.kubernetes.io/name": "webhook", "app.kubernetes.io/component": "webhook" },
    protectedReplicas: 3,
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
  },
  // It reads the definitions and Secrets of the whole cluster.
  cainjector: {
    labels: { "app.kubernetes.io/name": "cainjector", "app.kubernetes.io/component": "cainjector" },
    protectedReplicas: 2,
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "512Mi" } },
  },
} as const;

/** cert-manager: certificates, also for the webhooks of other add-ons. */
export const certManager = defineAddon({
  name: NAME,
  licence: "Apache-2.0",
  options: z.strictObject({}),
  // With the Gateway API enabled, its controller exits where that is not defined.
  needs: ["gateway-api"],
  delivery: {
    by: "application",
    layer: "certificates",
    source: { kind: "chart", repository: "https://charts.jetstack.io", chart: NAME, versions: ["v1.21.2"] },
    values: ({ placement, protect }) => {
      const valuesOf = ({
        labels,
        protectedReplicas,
        resources,
      }: (typeof components)[keyof typeof components]): object => ({
        resources,
        ...nodesOf(placement),
        ...(protect && {
          replicaCount: protectedReplicas,
          podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
          topologySpreadConstraints: spreadPods(labels),
        }),
      });
      return {
        crds: { enabled: true },
        config: { gatewayAPI: { enabled: true } },
        global: { leaderElection: { namespace: NAME } },
        // It asks the cluster's DNS, as everything else here does, and not the name servers of the domain.
        dns01RecursiveNameserversOnly: true,
        // A job that only reports to Helm whether the webhook answers.
        startupapicheck: { enabled: false },
        ...valuesOf(components.controller),
        webhook: valuesOf(components.webhook),
        cainjector: valuesOf(components.cainjector),
      };
    },
  },
  namespace: { name: NAME, podSecurity: "restricted" },
  pool: "infrastructure",
  pods: {
    ...components,
    // They answer Let's Encrypt for as long as it asks.
    "acme-solver": {
      namespace: namespaces.gateway,
      labels: { "acme.cert-manager.io/http01-solver": "true" },
      temporary: true,
    },
  },
  connections: ({ environment, own, provider, controlPlane }) => {
    const answersByHttp = certificatesOf(environment).challenge === "http-01";
    const gateway = answersByHttp ? provider("gateway") : undefined;
    const controller = own("controller");
    return [
      ...["controller", "webhook", "cainjector"].flatMap((group) =>
        controlPlane.ports.map((port) => ({ from: own(group), to: controlPlane.api, port })),
      ),
      { from: controlPlane.caller, to: own("webhook"), port: PORTS.webhook },
      // Let's Encrypt, and Route 53.
      { from: controller, to: internet, port: HTTPS_PORT },
      // It asks the host itself first, as Let's Encrypt will.
      ...(gateway
        ? [
            { from: controller, to: internet, port: PORTS.http },
            { from: gateway.pods, to: own("acme-solver"), port: PORTS.solver },
          ]
        : []),
    ];
  },
  scraped: Object.keys(components).map((group) => ({ group, port: { name: "http-metrics", number: PORTS.metrics } })),
  rights: ({ environment }) =>
    certificatesOf(environment).challenge === "dns-01"
      ? [{ name: NAME, group: "controller", serviceAccount: NAME, may: "answer-dns-challenges" }]
      : [],
  kinds: ["cert-manager.io/Certificate", "cert-manager.io/ClusterIssuer", "cert-manager.io/Issuer"],
});
