import type { PodSource } from "./pods.ts";

/** What a plan brings about, as far as a reader of two plans asks what changes. */
export interface Effects {
  readonly connections: readonly OpenConnection[];
  readonly permissions: readonly Permission[];
  readonly workloads: readonly WorkloadSize[];
  readonly data: readonly DataPlace[];
  readonly costs: readonly CostLine[];
  /** What is billed and has no price, and why. */
  readonly unpriced: readonly string[];
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
  /** A further condition. @default - none */
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

/** USD a month, at minimum size, as expected, and at maximum size. */
export interface Cost {
  readonly min: number;
  readonly expected: number;
  readonly max: number;
}

/** What one item costs in one layer. */
export interface CostLine extends Cost {
  readonly layer: string;
  /** @default - it belongs to no pool */
  readonly pool?: string | undefined;
  readonly item: string;
  /** Why the sum is an estimate; none where amount and price are facts. */
  readonly estimates: readonly string[];
}

/** A place that holds data. */
export interface DataPlace {
  readonly name: string;
  /** What cannot change: with another value, there is a new place, without the data. */
  readonly fixed: Readonly<Record<string, unknown>>;
}
