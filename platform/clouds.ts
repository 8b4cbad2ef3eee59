/** Where an environment runs. `aws`: EKS. `linode`: LKE, Akamai's cloud. `local`: any conformant cluster: kind, k3d, on premises. */
export const clouds = ["aws", "linode", "local"] as const;
export type Cloud = (typeof clouds)[number];

/**
 * What a cloud can do. Each field answers one question, and no code infers one from another. A preference that a cloud lacks
 * falls back; a requirement is refused when the environment file is read.
 */
export interface CloudFacts {
  readonly name: Cloud;
  /** Who makes the nodes: the cloud, from machine types and bounds, or their owner, who declares what is there. */
  readonly nodes: "provisioned" | "declared";
  /** Whether pools may run on capacity that the cloud takes back. */
  readonly spotNodes: boolean;
  /** Whether a region has parts that fail independently, and nodes are labelled with theirs. */
  readonly zones: boolean;
  /** Whether nodes are in a network that we define, with subnets that the internet does not reach. */
  readonly network: "own" | "shared";
  /** Where the API server is for pods, and where its calls to webhooks come from. */
  readonly controlPlane: "in-vpc" | "tunnel" | "private-network";
  /** How a pod gets rights in the cloud: through an agent on its node, or not at all. */
  readonly podIdentity: "agent" | false;
  /** Whose keys encrypt data at rest. */
  readonly encryptionKeys: "own" | "provider";
  /** What keeps secrets: the cloud's secret manager, or Secrets of a namespace that one reader may enter. */
  readonly secretStore: "secret-manager" | "kubernetes";
  /** Postgres that the cloud runs, with failover, backups and point-in-time recovery. */
  readonly managedPostgres: ManagedPostgres | false;
  /** Object storage, and what opens a bucket. */
  readonly objectStorage: "by-identity" | "by-key" | false;
  /** What lets a pod write records of the environment's DNS zone; false where the program makes no zone. */
  readonly dnsZone: "by-identity" | "by-token" | false;
  /** Whether pods on several nodes can share a volume. */
  readonly sharedFiles: boolean;
  /** Whether volumes have snapshots; elsewhere a backup copies their files. */
  readonly volumeSnapshots: boolean;
  /** Sizes of a volume in GiB; undefined where the program does not provide storage. */
  readonly volumes?: SizeRange;
}

/** In GiB. */
export interface SizeRange {
  readonly min: number;
  readonly max: number;
}

export interface ManagedPostgres {
  /** Whether the server has an address in our network or on the internet. */
  readonly address: "private" | "public";
  /** `standard`: 5432. `assigned`: the cloud picks one when the server is created. */
  readonly port: "standard" | "assigned";
  readonly readReplicas: boolean;
  /** Whether copies of it can be put into a vault, from where its deletion does not take them. */
  readonly vault: boolean;
  /** Whether a last snapshot can be taken when the server is deleted. */
  readonly finalSnapshot: boolean;
  /** What a new server can be created from. */
  readonly restoresFrom: readonly ("snapshot" | "pointInTime")[];
  /** What identifies a server there. */
  readonly serverIds: "names" | "numbers";
  /** How many days back it can be restored, where the cloud does not let us choose. */
  readonly recoveryDays?: number;
  /** Sizes of its storage in GiB, where it is bought apart from the class. */
  readonly storage?: SizeRange;
}

/**
 * linode: as @pulumi/linode 5.1.1 publishes it, the newest that npm serves (recorded 2026-11-22). Its LkeCluster takes no VPC and
 * its DatabasePostgresqlV2 no private network and no read replica; there is no key management and no secret manager;
 * linodebs.csi.linode.com makes no snapshot, and a region shows no zones.
 */
export const cloudFacts: Readonly<Record<Cloud, CloudFacts>> = {
  aws: {
    name: "aws",
    nodes: "provisioned",
    spotNodes: true,
    zones: true,
    network: "own",
    controlPlane: "in-vpc",
    podIdentity: "agent",
    encryptionKeys: "own",
    secretStore: "secret-manager",
    // gp3 for PostgreSQL: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html (2026-11-28).
    managedPostgres: {
      address: "private",
      port: "standard",
      readReplicas: true,
      vault: true,
      finalSnapshot: true,
      restoresFrom: ["snapshot", "pointInTime"],
      serverIds: "names",
      storage: { min: 20, max: 65_536 },
    },
    objectStorage: "by-identity",
    dnsZone: "by-identity",
    sharedFiles: true,
    volumeSnapshots: true,
    // gp3: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVolume.html (2026-11-28).
    volumes: { min: 1, max: 65_536 },
  },
  linode: {
    name: "linode",
    nodes: "provisioned",
    spotNodes: false,
    zones: false,
    network: "shared",
    controlPlane: "tunnel",
    podIdentity: false,
    encryptionKeys: "provider",
    secretStore: "kubernetes",
    // Seven daily backups: https://techdocs.akamai.com/linode-api/reference/post-databases-postgre-sql-instances (2026-11-28).
    managedPostgres: {
      address: "public",
      port: "assigned",
      readReplicas: false,
      vault: false,
      finalSnapshot: false,
      restoresFrom: ["pointInTime"],
      serverIds: "numbers",
      recoveryDays: 7,
    },
    objectStorage: "by-key",
    dnsZone: "by-token",
    sharedFiles: false,
    volumeSnapshots: false,
    // https://techdocs.akamai.com/cloud-computing/docs/block-storage (2026-11-28).
    volumes: { min: 10, max: 16_384 },
  },
  local: {
    name: "local",
    nodes: "declared",
    spotNodes: false,
    zones: true,
    network: "shared",
    controlPlane: "private-network",
    podIdentity: false,
    encryptionKeys: "provider",
    secretStore: "kubernetes",
    managedPostgres: false,
    objectStorage: false,
    dnsZone: false,
    sharedFiles: false,
    volumeSnapshots: false,
  },
};

export const factsOf = ({ cloud }: { readonly cloud: Cloud }): CloudFacts => cloudFacts[cloud];

/** A preference of the environment that its cloud cannot meet, and what it gets instead. */
export interface Fallback {
  readonly preference: string;
  readonly fallback: string;
}
