import type { ClusterIssuerSpec, ClusterIssuerSpecAcmeSolvers } from "../imports/cert-manager.io.ts";
import { GATEWAY, namespaces } from "../../platform/names.ts";

/** A question that is answered through the gateway: no rights in the cloud are needed. */
export const throughGateway: ClusterIssuerSpecAcmeSolvers = {
  http01: { gatewayHttpRoute: { parentRefs: [{ name: GATEWAY, namespace: namespaces.gateway, sectionName: "http" }] } },
};

/** A DNS record in the zone, written with the rights of the controller's identity. */
export const throughRoute53 = (region: string): ClusterIssuerSpecAcmeSolvers => ({ dns01: { route53: { region } } });

/** Let's Encrypt, and how it is shown that a host is ours. */
export function letsEncrypt(email: string, solver: ClusterIssuerSpecAcmeSolvers): ClusterIssuerSpec {
  return {
    acme: {
      server: "https://acme-v02.api.letsencrypt.org/directory",
      email,
      // cert-manager makes this Secret itself.
      privateKeySecretRef: { name: "letsencrypt-account" },
      solvers: [solver],
    },
  };
}
