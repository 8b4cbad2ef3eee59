import type { AlertedFailure, CreatedObject, Dangling, Delivery, PodSecurity } from "../../platform/addon.ts";
import type { BackupTier, StoreKind } from "../../platform/backup-tiers.ts";
import type { Cloud, Fallback } from "../../platform/clouds.ts";
import type { Connection, Party, Pods } from "../../platform/connections.ts";
import type { ProofException } from "../../platform/exceptions.ts";
import type { MadeSecret, StoredSecret } from "../../platform/secrets.ts";
import type { Metric } from "../../platform/metrics.ts";
import type { Objective } from "../../platform/objectives.ts";
import type { Program } from "../../services/shared/runtime/program.ts";
import type { Billing } from "./billing.ts";
import type { DatabaseServer, Addresses } from "./cloud.ts";
import type { DeclaredCloud } from "./declared.ts";
import type { Enforcement } from "./enforcement.ts";
import type { ClaimedPods } from "./claims.ts";
import type { KubernetesObject } from "./kubernetes.ts";
import type { NodeGroup, PoolGenerations } from "./nodes.ts";
import type { OperatedPods } from "./operated.ts";
import type { PodSource } from "./pods.ts";
import type { RecordedResource } from "./recorded.ts";
import type { CloudSafety } from "./safety.ts";
import type { PlannedChanges } from "./steps.ts";

export type { DatabaseServer, Addresses };

/** Everything that an environment results in: the only input of proofs. */
export interface Plan {
  readonly environment: string;
  readonly cloud: Cloud;
  readonly kubernetesVersion: string;
  readonly fallbacks: readonly Fallback[];
  readonly addons: readonly PlannedAddon[];
  /** Cloud resources as the Pulumi program declares them. */
  readonly resources: readonly RecordedResource[];
  /** Kubernetes objects as they are applied. */
  readonly objects: readonly PlannedObject[];
  /** Nodes on which pods may be scheduled. */
  readonly nodeGroups: readonly NodeGroup[];
  /** Nodes of generations that are drained: no capacity. */
  readonly retiringNodes: readonly NodeGroup[];
  /** Which generation of each pool stands, and which retires. */
  readonly pools: readonly PoolGenerations[];
  readonly podSources: readonly PodSource[];
  readonly claims: readonly ClaimedPods[];
  /** Pods that operators make of custom resources. */
  readonly operatedPods: readonly OperatedPods[];
  /** CIDR blocks that policies refer to, as far as the recorded resources tell. */
  readonly addresses: Addresses;
  /** The managed Postgres server; undefined where there is none. */
  readonly database: DatabaseServer | undefined;
  /** Names of the DNS zones that the cloud resources make. */
  readonly dnsZones: readonly string[];
  /** Names of the buckets that the cloud resources make. */
  readonly buckets: readonly string[];
  /** Paths of the secrets that the cloud resources put into the store. */
  readonly storedSecrets: readonly string[];
  /** What the cloud resources tell about safety. */
  readonly safety: CloudSafety;
  /** What works because of the add-ons that the cloud runs. */
  readonly enforcement: Enforcement;
  /** What the cloud bills. */
  readonly billing: Billing;
  /** Why resources could not be read, where they could not. */
  readonly unreadable: readonly string[];
  /** Failures that the environment accepts for a while. @default - none */
  readonly exceptions?: readonly ProofException[];
  /** The plan for which this one is the rehearsal. */
  readonly rehearses?: Plan;
  /** What `pulumi up` does to what exists. @default - it is not known what exists */
  readonly changes?: PlannedChanges;
  /** What the descriptors ask for, to be compared with what is there. */
  readonly expected: {
    readonly secrets: readonly Pick<StoredSecret, "path" | "made" | "readers">[];
    readonly metrics: readonly DeclaredMetric[];
    readonly cloud: DeclaredCloud;
    /** Where pods find the Kubernetes API, and who calls webhooks for it. */
    readonly controlPlane: { readonly ports: readonly number[]; readonly caller: Party };
    readonly connections: readonly Connection[];
    /** Ports that services open, by workload and name. */
    readonly listens: readonly { readonly workload: string; readonly name: string; readonly port: number }[];
    /** The largest request body that each exposed service takes. */
    readonly bodies: readonly { readonly service: string; readonly bytes: number }[];
    /** What is promised of services, as shares of good events. */
    readonly objectives: readonly { readonly service: string; readonly objective: Objective }[];
    /** The Pod Security level of each namespace that the platform may make. */
    readonly namespaces: readonly { readonly name: string; readonly podSecurity: PodSecurity }[];
    /** Names of the workloads that another repository adds. */
    readonly added: readonly string[];
    /** Namespaces whose pods a ResourceQuota bounds. */
    readonly quotas: readonly string[];
    /** How often the cluster is backed up, and how long that is kept; none without an object store. */
    readonly backups: readonly BackupTier[];
    /** Minutes of writes that a lost store may cost; undefined without an object store. */
    readonly recoveryPoints: Readonly<Record<StoreKind, number>> | undefined;
    /** USD that a month may cost; undefined where the environment has no budget. */
    readonly budget: number | undefined;
    /** How many days back Postgres can be restored. */
    readonly recoveryDays: number;
    /** Seconds that work in hand may take to end after SIGTERM, by workload. */
    readonly drains: readonly { readonly workload: string; readonly seconds: number }[];
    /** What the programs of our services read and answer, by workload. */
    readonly programs: readonly (Program & { readonly workload: string })[];
    /** The platform's CronJobs that never run by themselves: an operator starts a job from one. */
    readonly onDemand: readonly string[];
    /** Connections to Postgres that one replica may hold, by workload. */
    readonly databaseUsers: readonly { readonly workload: string; readonly connections: number }[];
  };
}

/** An add-on as it is installed. */
export interface PlannedAddon {
  readonly name: string;
  readonly by: Delivery["by"];
  readonly namespace: string;
  /** Of its source; undefined where it has none. */
  readonly version: string | undefined;
  /** Custom kinds that it serves, as `group/Kind`. */
  readonly kinds: readonly string[];
  /** Secrets that its own programs make. */
  readonly makes: readonly MadeSecret[];
  /** Objects other than Secrets that its own programs create. */
  readonly creates: readonly CreatedObject[];
  /** References of its source that lead nowhere and do no harm. */
  readonly dangling: readonly Dangling[];
  /** Its failures, each of which needs an alert. */
  readonly failures: readonly AlertedFailure[];
  /** What Argo CD is to install; undefined where it installs nothing. */
  readonly source?: {
    readonly repository: string;
    readonly at: string;
    readonly version: string;
    readonly values: object;
  };
  /** Those of its pods that only its descriptor tells of: no record has them. */
  readonly claimed: readonly Pods[];
  /** Ports that Prometheus scrapes, by number and by the name that the containers give them. */
  readonly scraped: readonly { readonly pods: Pods; readonly name?: string; readonly number: number }[];
  /** Hosts at which its pods answer others. */
  readonly answers: readonly Answering[];
  /** What its source renders; empty where nothing was recorded. */
  readonly objects: readonly KubernetesObject[];
}

/** Pods behind a host name that no Service in the plan has. */
export interface Answering {
  /** What answers there: `metrics` is Prometheus. */
  readonly capability: string;
  readonly host: string;
  readonly port: number;
  readonly pods: Pods;
}

/** A metric, and the service that says it exports it. */
export interface DeclaredMetric {
  readonly service: string;
  readonly metric: Metric;
}

export interface PlannedObject {
  /** Relative to the folder of the environment's manifests. */
  readonly path: string;
  readonly manifest: KubernetesObject;
}

/** What a proof found: numbers when it holds, and each thing that does not when it does not. */
export interface Finding {
  readonly proof: string;
  readonly claim: string;
  readonly evidence: readonly string[];
  readonly failures: readonly string[];
  /** Failures that the environment accepts. @default - none */
  readonly excepted?: readonly Excepted[];
  /** Why nothing can be said; there are no failures then. @default - it was judged */
  readonly notJudged?: string;
}

/** A failure, and why it does not count. */
export interface Excepted {
  readonly failure: string;
  readonly exception: ProofException;
}
