import type { QuotaNeed } from "../../platform/quotas.ts";
import type { DatabaseServer, Addresses } from "../model/cloud.ts";
import type { NodeGroup } from "../model/nodes.ts";
import type { DeclaredCloud } from "../model/declared.ts";
import type { RecordedAddon } from "../model/enforcement.ts";
import type { CloudSafety } from "../model/safety.ts";
import type { RecordedResource } from "../model/recorded.ts";
import type { BillingReader } from "./billing.ts";

/** How a cloud's recorded resources are read: the only place in plan/ that knows a provider's types. */
export interface CloudReader {
  readonly addresses: (resources: readonly RecordedResource[]) => Addresses;
  /** Readers of nodes by resource type. */
  readonly nodeGroups: Readonly<
    Record<string, (resource: RecordedResource, resources: readonly RecordedResource[]) => NodeGroup[]>
  >;
  /** The managed Postgres server; undefined where there is none. */
  readonly database: (resources: readonly RecordedResource[]) => DatabaseServer | undefined;
  /** Names of the DNS zones; none where DNS is managed elsewhere. */
  readonly dnsZones: (resources: readonly RecordedResource[]) => readonly string[];
  /** Names of the buckets. */
  readonly buckets: (resources: readonly RecordedResource[]) => readonly string[];
  /** Paths of the secrets that are put into the store. */
  readonly storedSecrets: (resources: readonly RecordedResource[]) => readonly string[];
  /** Add-ons that the cloud runs, by the descriptors' names. */
  readonly addons: (resources: readonly RecordedResource[]) => readonly RecordedAddon[] | "builtin";
  /** What resources say of safety. Rights are compared with those that are declared. */
  readonly safety: (resources: readonly RecordedResource[], declared: DeclaredCloud) => CloudSafety;
  /** What it bills. */
  readonly billing: BillingReader;
  /** What is taken of the limits that the cloud sets for an account. */
  readonly quotaNeeds: (
    resources: readonly RecordedResource[],
    nodeGroups: readonly NodeGroup[],
  ) => readonly QuotaNeed[];
}
