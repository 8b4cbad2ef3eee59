import type { ClusterIssuerSpec } from "../imports/cert-manager.io.ts";
import type { ClusterSecretStoreSpecProvider } from "../imports/external-secrets.io.ts";
import type { NetworkPolicyPeer } from "../objects.ts";
import type { Peer } from "../constructs/network-peers.ts";

/** What a cloud forces on the objects in the cluster. */
export interface ClusterCloud {
  /** Where the ClusterSecretStore reads. */
  readonly secretProvider: ClusterSecretStoreSpecProvider;
  /** A secret's path as this cloud's store spells it. */
  readonly secretKey: (path: string) => string;
  /** Who signs the gateway's certificate. */
  readonly issuer: ClusterIssuerSpec;
  /** Where the Postgres that the cloud runs answers, for network policies; undefined where it runs none. */
  readonly database: Peer | undefined;
  readonly controlPlane: ControlPlane;
  /** Where Velero keeps backups; undefined where there is no object storage. */
  readonly backups: BackupStorage | undefined;
  /** Annotations of the gateway's load balancer. */
  readonly loadBalancer: Readonly<Record<string, string>>;
}

export interface ControlPlane {
  /** Where pods find the Kubernetes API. */
  readonly api: Peer;
  /** From where the API server calls webhooks. */
  readonly callers: readonly NetworkPolicyPeer[];
}

export interface BackupStorage {
  readonly bucket: string;
  /** For Velero's AWS plug-in, which speaks S3. */
  readonly config: Readonly<Record<string, string>>;
  /** Where the secret store keeps an AWS credentials file. @default - none: Velero's ServiceAccount has an identity */
  readonly credentials?: string;
  /** How volumes are kept: by the cloud's snapshots, or by their files. */
  readonly volumes: "snapshots" | "files";
}
