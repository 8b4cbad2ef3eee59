import { namespaces, secretStore } from "../../platform/names.ts";
import { ClusterIssuer } from "../imports/cert-manager.io.ts";
import { ClusterSecretStore } from "../imports/external-secrets.io.ts";
import type { Context } from "../context.ts";
import { providerOf } from "../../platform/installed-addons.ts";

export const ISSUER = "public";

/** Where secrets and certificates come from: the same two names on every cloud. */
export function addStores({ addons, installed, cloud, layers }: Context): void {
  const readers = installed.flatMap(({ addon, context }) =>
    (addon.secrets?.(context).mounted ?? []).map(({ namespace }) => namespace),
  );
  new ClusterSecretStore(layers.stores, "secret-store", {
    metadata: { name: secretStore },
    spec: {
      provider: cloud.secretProvider,
      // Tenants have a store of their own; this one answers the platform's namespaces alone.
      conditions: [{ namespaces: [...new Set([namespaces.application, ...readers])] }],
    },
  });
  if (!providerOf(addons, "gateway")) return;
  new ClusterIssuer(layers.stores, "issuer", { metadata: { name: ISSUER }, spec: cloud.issuer });
}
