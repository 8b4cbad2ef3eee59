import type { ResolvedPool, Taint } from "../../platform/pools.ts";

/** The inputs of a pool on LKE. */
export interface NodePoolShape {
  readonly type: string;
  /** Absent where the autoscaler decides: LKE starts such a pool at its minimum. */
  readonly nodeCount?: number;
  readonly autoscaler?: { readonly min: number; readonly max: number };
  readonly labels: Record<string, string>;
  readonly taints: Taint[];
}

/** LKE keeps one node of each pool. */
const MIN_NODES = 1;

/** A region shows no zones and has no spot market, so a pool is one share. */
export function nodePoolShape({ name, machines: [machine], shares, taints }: ResolvedPool): NodePoolShape {
  const [share, ...others] = shares;
  if (!share || others.length > 0) throw new Error(`Pool '${name}' has ${shares.length} shares; on linode it has one.`);
  const { max, labels } = share;
  const min = Math.max(MIN_NODES, share.min);
  return {
    type: machine.name,
    ...(max > min ? { autoscaler: { min, max } } : { nodeCount: min }),
    labels: { ...labels },
    taints: [...taints],
  };
}
