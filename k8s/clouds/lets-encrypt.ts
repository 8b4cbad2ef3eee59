import type { ClusterIssuerSpec } from "../imports/cert-manager.io.ts";
import { GATEWAY, namespaces } from "../../platform/names.ts";

/** Let's Encrypt, which proves that a host is ours by asking it through the gateway: no DNS credentials are needed. */
export function letsEncrypt(email: string): ClusterIssuerSpec {
  return {
    acme: {
      server: "https://acme-v02.api.letsencrypt.org/directory",
      email,
      // cert-manager makes this Secret itself.
      privateKeySecretRef: { name: "letsencrypt-account" },
      solvers: [
        {
          http01: {
            gatewayHttpRoute: { parentRefs: [{ name: GATEWAY, namespace: namespaces.gateway, sectionName: "http" }] },
          },
        },
      ],
    },
  };
}
