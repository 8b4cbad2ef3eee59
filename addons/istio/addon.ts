import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { anywhere, HTTPS_PORT } from "../../platform/connections.ts";
import { GATEWAY, namespaces } from "../../platform/names.ts";

/** Port of the control plane from which gateways get their configuration. */
const XDS_PORT = 15_012;
const HTTP_PORT = 80;

/** Istio, whose gateway is the one way in from outside. */
export const istio = defineAddon({
  name: "istio",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  needs: ["gateway-api", "cert-manager"],
  delivery: {
    by: "assumed",
    evidence: {
      page: "https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/",
      date: "2026-11-22",
    },
  },
  namespace: { name: "istio-system" },
  pods: {
    istiod: { labels: { app: "istiod" } },
    // Istio makes these pods from a Gateway object, in its namespace.
    gateway: { namespace: namespaces.gateway, labels: { "gateway.networking.k8s.io/gateway-name": GATEWAY } },
  },
  connections: ({ own }) => [
    ...[HTTP_PORT, HTTPS_PORT].map((port) => ({ from: anywhere, to: own("gateway"), port })),
    { from: own("gateway"), to: own("istiod"), port: XDS_PORT },
  ],
  provides: [{ capability: "gateway", group: "gateway", port: HTTPS_PORT, className: "istio" }],
});
