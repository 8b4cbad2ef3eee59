/** Blocks of addresses outside the cluster, in CIDR form. */
export interface OutsideAddresses {
  /** Where the managed Postgres server may be; none where there is none. */
  readonly database: readonly string[];
  /** Where pods find the Kubernetes API. */
  readonly controlPlane: readonly string[];
  /** Where the API server's calls to webhooks come from, unless from pods. */
  readonly callers: readonly string[];
}

export interface DatabaseServer {
  /** Its class. */
  readonly name: string;
  readonly maxConnections: number;
}
