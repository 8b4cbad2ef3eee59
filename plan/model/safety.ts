import type { DeclaredValue } from "./declared.ts";
import type { DataPlace, Grant } from "./effects.ts";

/** What recorded resources say of safety, in words that are the same on every cloud. */
export interface CloudSafety {
  readonly stores: readonly Store[];
  readonly holders: readonly DataHolder[];
  readonly retentions: readonly Retention[];
  readonly databases: readonly DatabaseBackups[];
  readonly entrances: readonly Entrance[];
  readonly identities: readonly Identity[];
  readonly networks: readonly Network[];
  readonly buckets: readonly string[];
  /** What was recorded of what the environment file declares. */
  readonly values: readonly RecordedValue[];
  /** What the cloud refuses, or what leaves a resource without use. */
  readonly faults: readonly string[];
}

/** The provider's key, or one of the plan. */
export type Key = "provider" | { readonly name: string; readonly exists: boolean; readonly rotates: boolean };

/** A place where data is at rest. */
export interface Store {
  readonly name: string;
  /** Undefined where data is stored in clear. */
  readonly key: Key | undefined;
  /** Nothing else may be encrypted with its key. @default - keys are shared */
  readonly keyAlone?: true;
  /** Whether it refuses connections without TLS; undefined where it accepts no others, or none at all. */
  readonly refusesPlaintext?: boolean;
  /** The provider's key is enough for `scratch`, which can be made again. */
  readonly holds: "data" | "scratch" | "logs";
}

/** A resource whose deletion loses data or takes the environment down. */
export interface DataHolder extends DataPlace {
  /** Pulumi refuses to delete it. */
  readonly protect: boolean;
  readonly guards: readonly Guard[];
}

/** What a bucket's guard is called that keeps what is overwritten or deleted. */
export const VERSIONS = "versions";

export interface Guard {
  readonly what: string;
  readonly on: boolean;
  /** Required in every environment. @default - in protected ones */
  readonly always?: true;
}

/** How long something can be had back. */
export interface Retention {
  readonly name: string;
  readonly of: "point-in-time recovery" | "old versions" | "deleted secrets" | "deleted keys" | "logs";
  /** 0 where nothing is kept, Infinity where it never expires. */
  readonly days: number;
  /** Minutes of the latest writes that it may lack. @default 0 */
  readonly lossMinutes?: number;
}

/** What outlives a managed database server. */
export interface DatabaseBackups {
  readonly database: string;
  /** Rules that copy it into a vault of the plan. */
  readonly copies: readonly {
    /** Five cron fields, UTC; as it was recorded where it has another form. */
    readonly cron: string;
    /** Infinity where copies never expire. */
    readonly keepDays: number;
  }[];
  /** Where its own backups are sent at once. */
  readonly standbys: readonly { readonly region: string; readonly keepDays: number }[];
}

/** A way in from addresses. */
export interface Entrance {
  readonly to: string;
  readonly kind: "kubernetes-api" | "database" | "other";
  /** Blocks in CIDR form; none where there is no way in from outside. */
  readonly from: readonly string[];
  /** The input that opens it. */
  readonly by: string;
}

/** Who acts in the cloud, and how its rights differ from what it needs. */
export interface Identity {
  /** `ServiceAccount namespace/name`, `nodes`. */
  readonly name: string;
  /** The account of the pods that have it; undefined where the cloud itself acts. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
  readonly allowed: number;
  /** What is written of its rights in the cloud. */
  readonly grants: readonly Grant[];
  /** What it cannot do and must. */
  readonly lacks: readonly string[];
  /** What it can do and must not. */
  readonly exceeds: readonly string[];
  /** Who can take it and must not, or cannot and must. */
  readonly trust: readonly string[];
}

export interface Network {
  readonly name: string;
  readonly block: string;
  /** Of Services. */
  readonly services: readonly string[];
  readonly subnets: readonly Subnet[];
  readonly groups: readonly PortGroup[];
  /** What is wrong with its parts alone, such as a gateway that belongs to another network. */
  readonly faults: readonly string[];
}

export interface Subnet {
  readonly name: string;
  readonly zone: string;
  readonly block: string;
  /** Where its default route leads; `{ zone }` is a NAT gateway's; undefined where there is none. */
  readonly wayOut: "internet" | { readonly nat: string } | undefined;
  readonly users: readonly SubnetUser[];
  /** For load balancers of this kind. */
  readonly loadBalancers: readonly ("internet-facing" | "internal")[];
}

export type SubnetUser = "nodes" | "control plane" | "database" | "files" | "NAT gateways";

/** Members of a security group, and who reaches them. */
export interface PortGroup {
  readonly name: string;
  readonly members: readonly string[];
  /** The one port on which its members listen. */
  readonly port: number;
  readonly openings: readonly {
    readonly name: string;
    readonly protocol: string;
    readonly ports: readonly [number, number];
    readonly from: string;
  }[];
}

export interface RecordedValue extends DeclaredValue {
  readonly resource: string;
}
