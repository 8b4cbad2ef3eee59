/** Where an environment stands. `local` is any conformant cluster in the current kubeconfig: kind, k3d, on premises. */
export const clouds = ["aws", "local"] as const;
export type Cloud = (typeof clouds)[number];

/** What a cloud can do. A wish that it lacks degrades to what stands in; a requirement is refused when the file is read. */
export interface Capabilities {
  /** Pools may run on capacity that the cloud takes back. */
  readonly spot: boolean;
  /** The cloud makes nodes, so a pool may name a machine type and grow from `min` to `max`. */
  readonly provisionsNodes: boolean;
  /** Key management service for encryption at rest with keys of our own. */
  readonly keyManagement: boolean;
  /** Postgres run by the cloud: failover, read replicas, point-in-time recovery. */
  readonly managedPostgres: boolean;
  /** Object storage, for backups. */
  readonly objectStorage: boolean;
  /** Certificates can be had from Let's Encrypt, because the gateway has a public address. */
  readonly publicGateway: boolean;
}

export const capabilities: Readonly<Record<Cloud, Capabilities>> = {
  aws: {
    spot: true,
    provisionsNodes: true,
    keyManagement: true,
    managedPostgres: true,
    objectStorage: true,
    publicGateway: true,
  },
  local: {
    spot: false,
    provisionsNodes: false,
    keyManagement: false,
    managedPostgres: false,
    objectStorage: false,
    publicGateway: false,
  },
};

/** A wish of the environment that its cloud cannot grant, and what happens instead. */
export interface Degradation {
  readonly wish: string;
  readonly standIn: string;
}
