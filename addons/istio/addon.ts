import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { anywhere, HTTPS_PORT } from "../../platform/connections.ts";
import { namespaces } from "../../platform/names.ts";
import { replicas, whole } from "../../platform/schema.ts";
import { nodesOf, spreadPods } from "../../platform/placement.ts";
import { LABELS, PARAMETERS } from "./gateway-parameters.ts";
import { podsOfGateway } from "./pods-of-gateway.ts";

/** https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio */
const PORTS = { http: 80, xds: 15_012, metrics: 15_014, webhook: 15_017 } as const;
const ISTIOD = { app: "istiod" };
const seccompProfile = { type: "RuntimeDefault" };

/** Istio, whose gateway is the one way in from outside. It is no mesh: istiod serves the gateway alone, and no pod gets a sidecar. */
export const istio = defineAddon({
  name: "istio",
  licence: "Apache-2.0",
  options: z.strictObject({
    // One in each of three zones, and room for a day's peak.
    gateway: replicas.default({ min: 3, max: 10 }).describe("pods of the gateway; default 3 to 10"),
    // Three pods pass 18,000 a minute, and so the 10,000 that all clients together send at a peak, should all of them come through
    // one address.
    clientRate: whole(1, 100_000, "a number of requests per second")
      .default(100)
      .describe("requests per second from one client address that each pod of the gateway passes on; default 100"),
  }),
  // Without the records of its hosts nobody finds it. Where a cloud has no DNS zone, that add-on is not for it.
  needs: ["gateway-api", "istio-base", "cert-manager", "external-dns"],
  delivery: {
    by: "application",
    source: {
      kind: "chart",
      repository: "https://istio-release.storage.googleapis.com/charts",
      chart: "istiod",
      versions: ["1.31.1"],
    },
    values: ({ placement, protect }) => ({
      autoscaleEnabled: false,
      // With more than one, the chart adds a disruption budget.
      ...(protect && { replicaCount: 2, topologySpreadConstraints: spreadPods(ISTIOD) }),
      resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } },
      seccompProfile,
      gateways: { seccompProfile },
      meshConfig: { tlsDefaults: { minProtocolVersion: "TLSV1_2" } },
      // By default istiod turns the webhook from Ignore to Fail, and Argo CD would turn it back.
      base: { validationFailurePolicy: "Fail" },
      global: {
        logAsJson: true,
        // Only several clusters need this role.
        enableReaderRBAC: false,
        // Leaves out the webhook that adds sidecars: no pod waits for istiod to be created.
        operatorManageWebhooks: true,
      },
      ...nodesOf(placement),
    }),
  },
  namespace: { name: "istio-system", podSecurity: "restricted" },
  pool: "infrastructure",
  pods: {
    istiod: { labels: ISTIOD },
    // Istio makes these pods from a Gateway object, in its namespace.
    gateway: { namespace: namespaces.gateway, labels: LABELS },
  },
  connections: ({ own, controlPlane }) => [
    ...[PORTS.http, HTTPS_PORT].map((port) => ({ from: anywhere, to: own("gateway"), port })),
    { from: own("gateway"), to: own("istiod"), port: PORTS.xds },
    ...controlPlane.ports.map((port) => ({ from: own("istiod"), to: controlPlane.api, port })),
    { from: controlPlane.caller, to: own("istiod"), port: PORTS.webhook },
  ],
  scraped: [{ group: "istiod", port: { name: "http-monitoring", number: PORTS.metrics } }],
  failures: [
    {
      ...{ failure: "a gateway pod rejects its configuration", operator: ">", atMost: 0 },
      metric: "pilot_total_xds_rejects",
    },
  ],
  operates: { "gateway.networking.k8s.io/v1 Gateway": podsOfGateway },
  provides: [{ capability: "gateway", group: "gateway", port: HTTPS_PORT, className: "istio", parameters: PARAMETERS }],
});
