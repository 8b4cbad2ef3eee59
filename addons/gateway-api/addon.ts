import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

const GROUP = "gateway.networking.k8s.io";

/**
 * The definitions of the Gateway API, of its standard channel. A policy that comes with them refuses to replace them with older or
 * experimental ones: https://gateway-api.sigs.k8s.io/guides/upgrade/.
 */
export const gatewayApi = defineAddon({
  name: "gateway-api",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "application",
    layer: "definitions",
    source: {
      kind: "files",
      repository: "https://github.com/kubernetes-sigs/gateway-api",
      path: "config/crd/standard",
      versions: ["v1.6.2"],
    },
  },
  // It has no pods, and nothing in it belongs to a namespace.
  namespace: { name: "kube-system" },
  kinds: [`${GROUP}/Gateway`, `${GROUP}/GatewayClass`, `${GROUP}/HTTPRoute`],
});
