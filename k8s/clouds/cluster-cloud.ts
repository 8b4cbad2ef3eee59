import type { ClusterIssuerSpec } from "../imports/cert-manager.io.ts";
import type { ClusterSecretStoreSpecProvider } from "../imports/external-secrets.io.ts";
import type { NetworkPolicyPeer } from "../objects.ts";

/** What a cloud forces on the objects in the cluster. */
export interface ClusterCloud {
  /** Where the ClusterSecretStore reads. */
  readonly secretProvider: ClusterSecretStoreSpecProvider;
  /** A secret's path as this cloud's store spells it. */
  readonly secretKey: (path: string) => string;
  /** Who signs the gateway's certificate. */
  readonly issuer: ClusterIssuerSpec;
  /** Where Postgres is, for network policies. */
  readonly database: readonly NetworkPolicyPeer[];
  /** Whether Postgres runs in the cluster, because the cloud runs none. */
  readonly databaseInCluster: boolean;
  /** Where Velero keeps backups; undefined where there is no object storage. */
  readonly backups: { readonly provider: string; readonly bucket: string; readonly region: string } | undefined;
  /** Annotations of the gateway's load balancer. */
  readonly loadBalancer: Readonly<Record<string, string>>;
}
