import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { anywhere, HTTPS_PORT } from "../../platform/connections.ts";
import { namespaces } from "../../platform/names.ts";
import { replicas, whole } from "../../platform/schema.ts";
import { LABELS, PARAMETERS } from "./gateway-parameters.ts";
import { podsOfGateway } from "./pods-of-gateway.ts";

/** Port of the control plane from which gateways get their configuration. */
const XDS_PORT = 15_012;
const HTTP_PORT = 80;

/** Istio, whose gateway is the one way in from outside. */
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
  needs: ["gateway-api", "cert-manager", "external-dns"],
  delivery: {
    by: "assumed",
    evidence: {
      page: "https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/",
      date: "2026-11-22",
    },
  },
  namespace: { name: "istio-system" },
  pool: "infrastructure",
  pods: {
    istiod: { labels: { app: "istiod" } },
    // Istio makes these pods from a Gateway object, in its namespace.
    gateway: { namespace: namespaces.gateway, labels: LABELS },
  },
  connections: ({ own }) => [
    ...[HTTP_PORT, HTTPS_PORT].map((port) => ({ from: anywhere, to: own("gateway"), port })),
    { from: own("gateway"), to: own("istiod"), port: XDS_PORT },
  ],
  kinds: ["networking.istio.io/EnvoyFilter"],
  operates: { "gateway.networking.k8s.io/v1 Gateway": podsOfGateway },
  provides: [{ capability: "gateway", group: "gateway", port: HTTPS_PORT, className: "istio", parameters: PARAMETERS }],
});
