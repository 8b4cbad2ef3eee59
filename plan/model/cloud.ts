/** Blocks of addresses that policies speak of, in CIDR form. */
export interface Addresses {
  /** Where the managed Postgres server may be; none where there is none. */
  readonly database: readonly string[];
  /** Where pods find the Kubernetes API. */
  readonly controlPlane: readonly string[];
  /** Where the API server's calls to webhooks come from, unless from pods. */
  readonly callers: readonly string[];
  /** Where nodes have theirs. */
  readonly nodes: readonly string[];
  /** Where pods have their own addresses: a policy's block that contains some of them may let pods in or out. */
  readonly pods: readonly string[];
}

export interface DatabaseServer {
  /** Its class. */
  readonly name: string;
  readonly maxConnections: number;
  /** Another server takes over if this one is lost. */
  readonly standby: boolean;
}
