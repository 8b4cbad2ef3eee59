import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { namespaces } from "../../platform/names.ts";

const SOLVER_PORT = 8089;

/** cert-manager: certificates, also for the webhooks of other add-ons. */
export const certManager = defineAddon({
  name: "cert-manager",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "assumed",
    evidence: { page: "https://cert-manager.io/docs/configuration/acme/http01/", date: "2026-11-22" },
  },
  namespace: { name: "cert-manager" },
  pods: {
    // They answer Let's Encrypt for as long as it asks.
    "acme-solver": { namespace: namespaces.gateway, labels: { "acme.cert-manager.io/http01-solver": "true" } },
  },
  connections: ({ own, provider }) => {
    const gateway = provider("gateway");
    return gateway ? [{ from: gateway.pods, to: own("acme-solver"), port: SOLVER_PORT }] : [];
  },
  kinds: ["cert-manager.io/Certificate", "cert-manager.io/ClusterIssuer", "cert-manager.io/Issuer"],
});
