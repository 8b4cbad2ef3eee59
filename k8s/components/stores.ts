import { namespaces, secretStore } from "../../platform/names.ts";
import { ClusterIssuer } from "../imports/cert-manager.io.ts";
import { ClusterSecretStore } from "../imports/external-secrets.io.ts";
import type { Context } from "./context.ts";

export const ISSUER = "public";

/** Where secrets and certificates come from: the same two names on every cloud. */
export function addStores({ cloud, layers }: Context): void {
  new ClusterSecretStore(layers.stores, "secret-store", {
    metadata: { name: secretStore },
    spec: {
      provider: cloud.secretProvider,
      // Tenants have a store of their own; this one answers the platform's namespaces alone.
      conditions: [{ namespaces: [namespaces.application, namespaces.data, namespaces.velero] }],
    },
  });
  new ClusterIssuer(layers.stores, "issuer", { metadata: { name: ISSUER }, spec: cloud.issuer });
}
