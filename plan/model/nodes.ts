import type { Capacity } from "../../platform/catalogue/allocatable.ts";
import type { Labels } from "./kubernetes.ts";

export interface NodeTaint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** Nodes of one pool in one zone, bought in one way, as the cloud was told to make them. */
export interface NodeGroup {
  readonly pool: string;
  /** Undefined where the cloud shows no zones. */
  readonly zone: string | undefined;
  readonly min: number;
  readonly max: number;
  readonly labels: Labels;
  readonly taints: readonly NodeTaint[];
  /** What pods may request of one node: the least that any of its machine types has. */
  readonly allocatable: Capacity;
  /** Machine types by name, the preferred one first; none where nodes are declared. */
  readonly machines: readonly string[];
  /** The cloud may take them back. */
  readonly spot: boolean;
}

/** The generations of a pool, as the environment declares them. */
export interface PoolGenerations {
  readonly name: string;
  readonly generation: number;
  /** @default - none retires */
  readonly retiring?: { readonly generation: number };
  /** The last one that was drained: when no pod was left but those of DaemonSets, and on which nodes. @default - none was */
  readonly drained?: { readonly generation: number; readonly at: string; readonly nodes: readonly string[] };
}
