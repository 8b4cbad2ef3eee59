import type { Degradation } from "../../platform/clouds.ts";
import type { DeclaredConnection } from "../../platform/declared-connections.ts";
import type { DeclaredSecret } from "../../platform/declared-secrets.ts";
import type { Metric } from "../../platform/metrics.ts";
import type { ClaimedPods } from "./claims.ts";
import type { KubernetesObject } from "./kubernetes.ts";
import type { NodeGroup } from "./nodes.ts";
import type { OperatedPods } from "./operated.ts";
import type { PodSource } from "./pods.ts";
import type { RecordedResource } from "./recorded.ts";

/** Everything that an environment comes to, seen from outside: what proofs read, and nothing beside it. */
export interface Plan {
  readonly environment: string;
  readonly cloud: string;
  readonly kubernetesVersion: string;
  readonly degradations: readonly Degradation[];
  /** Cloud resources as the Pulumi program declares them. */
  readonly resources: readonly RecordedResource[];
  /** Kubernetes objects as they are applied. */
  readonly objects: readonly PlannedObject[];
  readonly nodeGroups: readonly NodeGroup[];
  readonly podSources: readonly PodSource[];
  readonly claims: readonly ClaimedPods[];
  /** Pods that operators and charts make of custom resources. */
  readonly operatedPods: readonly OperatedPods[];
  /** Addresses outside of the cluster that the recorded resources let us know. */
  readonly addresses: { readonly databases: readonly string[]; readonly controlPlane: readonly string[] };
  /** Paths of the secrets that the cloud resources put into the store. */
  readonly storedSecrets: readonly string[];
  /** The plan for which this one is the rehearsal. */
  readonly rehearses?: Plan;
  /** What the descriptors asked for, to be held against what is there. */
  readonly wanted: {
    readonly secrets: readonly DeclaredSecret[];
    readonly metrics: readonly DeclaredMetric[];
    readonly connections: readonly DeclaredConnection[];
    /** Ports that services open, by workload and name. */
    readonly listens: readonly { readonly workload: string; readonly name: string; readonly port: number }[];
    /** Seconds that work in hand may take to end after SIGTERM, by workload. */
    readonly drains: readonly { readonly workload: string; readonly seconds: number }[];
    /** Connections to Postgres that one replica may hold, by workload. */
    readonly databaseUsers: readonly { readonly workload: string; readonly connections: number }[];
  };
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
}
