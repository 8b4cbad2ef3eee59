import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** The Gateway API's definitions. */
export const gatewayApi = defineAddon({
  name: "gateway-api",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "assumed",
    evidence: { page: "https://github.com/kubernetes-sigs/gateway-api/releases/tag/v1.6.0", date: "2026-11-22" },
  },
  namespace: { name: "gateway-system" },
  kinds: ["gateway.networking.k8s.io/Gateway", "gateway.networking.k8s.io/HTTPRoute"],
});
