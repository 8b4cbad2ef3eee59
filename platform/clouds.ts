/**
 * Where an environment stands. `aws`: EKS. `linode`: LKE, Akamai's cloud. `local`: any conformant cluster in the current
 * kubeconfig: kind, k3d, on premises.
 */
export const clouds = ["aws", "linode", "local"] as const;
export type Cloud = (typeof clouds)[number];

/** What a cloud can do. A wish that it lacks degrades to what stands in; a requirement is refused when the file is read. */
export interface Capabilities {
  /** Pools may run on capacity that the cloud takes back. */
  readonly spot: boolean;
  /** The cloud makes nodes, so a pool may name a machine type and grow from `min` to `max`. */
  readonly provisionsNodes: boolean;
  /** A region has parts that fail one by one, and nodes say in which they stand. */
  readonly zones: boolean;
  /** Nodes stand in a network of our own, with subnets that the internet does not reach. */
  readonly ownNetwork: boolean;
  /** Resources belong to a numbered account, and its roles are people and workloads: who may do what is said there. */
  readonly accounts: boolean;
  /** Key management service for encryption at rest with keys of our own. */
  readonly keyManagement: boolean;
  /** A secret manager; elsewhere Secrets of a namespace that one reader enters stand in. */
  readonly secretManager: boolean;
  /** Postgres run by the cloud: failover, backups, point-in-time recovery. */
  readonly managedPostgres: boolean;
  /** Copies of that Postgres that may be read. */
  readonly readReplicas: boolean;
  /** Object storage, for backups. */
  readonly objectStorage: boolean;
  /** Volumes that pods on several nodes share. */
  readonly sharedFiles: boolean;
  /** Snapshots of volumes; elsewhere a backup copies their files. */
  readonly volumeSnapshots: boolean;
}

/**
 * linode: as @pulumi/linode 5.1.1 publishes it, the newest that npm serves (recorded 2026-11-22). Its LkeCluster takes no VPC,
 * its DatabasePostgresqlV2 no private network and no read replica; there is no key management and no secret manager;
 * linodebs.csi.linode.com makes no snapshot, and a region shows no zones.
 */
export const capabilities: Readonly<Record<Cloud, Capabilities>> = {
  aws: {
    spot: true,
    provisionsNodes: true,
    zones: true,
    ownNetwork: true,
    accounts: true,
    keyManagement: true,
    secretManager: true,
    managedPostgres: true,
    readReplicas: true,
    objectStorage: true,
    sharedFiles: true,
    volumeSnapshots: true,
  },
  linode: {
    spot: false,
    provisionsNodes: true,
    zones: false,
    ownNetwork: false,
    accounts: false,
    keyManagement: false,
    secretManager: false,
    managedPostgres: true,
    readReplicas: false,
    objectStorage: true,
    sharedFiles: false,
    volumeSnapshots: false,
  },
  local: {
    spot: false,
    provisionsNodes: false,
    zones: true,
    ownNetwork: false,
    accounts: false,
    keyManagement: false,
    secretManager: false,
    managedPostgres: false,
    readReplicas: false,
    objectStorage: false,
    sharedFiles: false,
    volumeSnapshots: false,
  },
};

/** Where an environment goes that names no region. */
export const defaultRegions: Readonly<Partial<Record<Cloud, string>>> = { linode: "fr-par" };

/** A wish of the environment that its cloud cannot grant, and what happens instead. */
export interface Degradation {
  readonly wish: string;
  readonly standIn: string;
}
