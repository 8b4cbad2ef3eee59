import type { Cloud } from "../../platform/clouds.ts";
import type { RecordedResource } from "../model/recorded.ts";
import type { NodeGroup } from "../model/nodes.ts";
import { aws } from "./aws.ts";
import { linode } from "./linode.ts";
import { local } from "./local.ts";

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

/** How a cloud's recorded resources are read: the only place in plan/ that knows a provider's types. */
export interface CloudReader {
  readonly addresses: (resources: readonly RecordedResource[]) => OutsideAddresses;
  /** Readers of nodes by resource type. */
  readonly nodeGroups: Readonly<
    Record<string, (resource: RecordedResource, resources: readonly RecordedResource[]) => NodeGroup[]>
  >;
  /** The managed Postgres server; undefined where there is none. */
  readonly database: (resources: readonly RecordedResource[]) => DatabaseServer | undefined;
  /** Names of the DNS zones; none where DNS is somebody else's. */
  readonly dnsZones: (resources: readonly RecordedResource[]) => readonly string[];
  /** Paths of the secrets that are put into the store. */
  readonly storedSecrets: (resources: readonly RecordedResource[]) => readonly string[];
  /** Add-ons that the cloud runs, by the descriptors' names. */
  readonly addons: (resources: readonly RecordedResource[]) => readonly string[] | "builtin";
}

export const cloudReaders: Readonly<Record<Cloud, CloudReader>> = { aws, linode, local };
