import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { certificatesOf } from "../../platform/environment.ts";
import { namespaces } from "../../platform/names.ts";

const NAME = "cert-manager";
const SOLVER_PORT = 8089;

/** cert-manager: certificates, also for the webhooks of other add-ons. */
export const certManager = defineAddon({
  name: NAME,
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "assumed",
    evidence: { page: "https://cert-manager.io/docs/configuration/acme/", date: "2026-11-29" },
  },
  namespace: { name: NAME },
  pods: {
    controller: { labels: { "app.kubernetes.io/name": NAME, "app.kubernetes.io/component": "controller" } },
    // They answer Let's Encrypt for as long as it asks.
    "acme-solver": { namespace: namespaces.gateway, labels: { "acme.cert-manager.io/http01-solver": "true" } },
  },
  connections: ({ environment, own, provider }) => {
    const gateway = certificatesOf(environment).challenge === "http-01" ? provider("gateway") : undefined;
    return gateway ? [{ from: gateway.pods, to: own("acme-solver"), port: SOLVER_PORT }] : [];
  },
  // Its chart calls the account after the release: https://cert-manager.io/docs/configuration/acme/dns01/route53/.
  rights: ({ environment }) =>
    certificatesOf(environment).challenge === "dns-01"
      ? [{ name: NAME, group: "controller", serviceAccount: NAME, may: "answer-dns-challenges" }]
      : [],
  kinds: ["cert-manager.io/Certificate", "cert-manager.io/ClusterIssuer", "cert-manager.io/Issuer"],
});
