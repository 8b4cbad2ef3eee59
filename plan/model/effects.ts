import type { PodSource } from "./pods.ts";

/** What a plan brings about, as far as a reader of two plans asks what changes. */
export interface Effects {
  readonly connections: readonly OpenConnection[];
  readonly permissions: readonly Permission[];
  readonly workloads: readonly WorkloadSize[];
  readonly data: readonly DataPlace[];
}

/** TCP ports on which policies let one party connect to another. */
export interface OpenConnection {
  readonly from: string;
  readonly to: string;
  readonly firstPort: number;
  readonly lastPort: number;
}

/** Something allowed in the Kubernetes API or in the cloud. Every text may have `*` for anything. */
export interface Grant {
  readonly verb: string;
  /** `secrets`, `deployments.apps`, `/metrics`, an ARN. */
  readonly resource: string;
  /** @default - of every namespace, or of none */
  readonly namespace?: string | undefined;
  /** @default - of every name */
  readonly name?: string | undefined;
  /** What must be so besides. @default - nothing */
  readonly when?: string | undefined;
  /** Takes away what other grants give. @default - it gives */
  readonly denies?: true | undefined;
}

export interface Permission extends Grant {
  /** `ServiceAccount namespace/name`, `Group system:authenticated`, `Nodes of data-a`. */
  readonly who: string;
}

/** CPU in millicores, memory in bytes. */
export interface WorkloadSize {
  /** `Deployment application/api`. */
  readonly name: string;
  readonly replicas: { readonly min: number; readonly max: number };
  readonly requests: PodSource["requests"];
  /** Of one pod, init containers apart; absent where a container has none. */
  readonly limits: { readonly cpu?: number | undefined; readonly memory?: number | undefined };
}

/** A place that holds data. */
export interface DataPlace {
  readonly name: string;
  /** What cannot change: with another value, there is a new place, without the data. */
  readonly fixed: Readonly<Record<string, unknown>>;
}
