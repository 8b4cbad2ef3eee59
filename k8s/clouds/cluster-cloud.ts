import type { ClusterIssuerSpec } from "../imports/cert-manager.io.ts";
import type { ClusterSecretStoreSpecProvider } from "../imports/external-secrets.io.ts";
import type { Bucket } from "../../platform/buckets.ts";
import type { NetworkPolicyPeer } from "../objects.ts";

/** What a cloud decides about the objects in the cluster. */
export interface ClusterCloud {
  /** Where the ClusterSecretStore reads. */
  readonly secretProvider: ClusterSecretStoreSpecProvider;
  /** A secret's path as this cloud's store spells it. */
  readonly secretKey: (path: string) => string;
  /** Who signs the gateway's certificate. */
  readonly issuer: ClusterIssuerSpec;
  /** Addresses of the Postgres that the cloud runs; none where it runs none. */
  readonly database: readonly NetworkPolicyPeer[];
  readonly controlPlane: ControlPlane;
  /** Where nodes have their addresses. */
  readonly nodes: readonly NetworkPolicyPeer[];
  /** The bucket for backups; undefined where there is no object storage. */
  readonly backups: Bucket | undefined;
  /** Annotations of the gateway's load balancer. */
  readonly loadBalancer: Readonly<Record<string, string>>;
}

export interface ControlPlane {
  /** Where pods find the Kubernetes API. */
  readonly api: readonly NetworkPolicyPeer[];
  /** Where the API server's calls to webhooks come from, if not from pods. */
  readonly callers: readonly NetworkPolicyPeer[];
}
