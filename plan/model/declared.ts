import type { Cdn } from "../../platform/cdn.ts";
import type { ServiceAccountName } from "../../platform/names.ts";

/** What the environment file and the descriptors declare of the cloud: the other side of what was recorded. */
export interface DeclaredCloud {
  /** Whether what holds data refuses to be deleted. */
  readonly protect: boolean;
  /** Whether the cloud has customer keys for data at rest. */
  readonly ownKeys: boolean;
  /** Blocks in CIDR form that may reach the Kubernetes API from outside. */
  readonly access: readonly string[];
  /** The managed Postgres server may have an address on the internet: its cloud gives it no other. */
  readonly publicDatabase: boolean;
  /** The network's block; undefined where it is the cloud's. */
  readonly network: string | undefined;
  readonly zones: readonly string[];
  /** How many days back the managed Postgres server can be restored; undefined where there is none. */
  readonly recoveryDays: number | undefined;
  /** Name of the managed server that services use; others beside it hold copies. */
  readonly database: string | undefined;
  /** Copies of that server that must outlive it; none where the cloud has no vault. */
  readonly databaseCopies: readonly DeclaredCopies[];
  /** The region to which its backups are replicated; undefined if none is declared. */
  readonly standbyRegion: string | undefined;
  /** Whether the program creates the cluster. */
  readonly provisioned: boolean;
  /** Where resources go, for clouds whose policies name it. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly cluster: string;
  /** The CDN in front of the gateway; undefined if clients connect to the gateway directly. */
  readonly cdn: Cdn | undefined;
  /** The bucket for backups; undefined where there is no object storage. */
  readonly backups: string | undefined;
  /** The bucket of the services' objects; undefined where there is no object storage, or no service uses it. */
  readonly objects: string | undefined;
  readonly rights: readonly DeclaredRight[];
  /** Values by the key that declares them. */
  readonly values: readonly DeclaredValue[];
}

export interface DeclaredCopies {
  /** At most so many hours lie between two. */
  readonly everyHours: number;
  readonly keepHours: number;
}

/** What the pods of a ServiceAccount must be able to do in the cloud. */
export interface DeclaredRight {
  readonly account: ServiceAccountName;
  /** `read-secrets`, `use-objects`, `write-backups`, `encrypt-volumes`, or the name of a policy that the cloud maintains. */
  readonly may: readonly string[];
}

export interface DeclaredValue {
  readonly key: string;
  readonly value: string;
}
