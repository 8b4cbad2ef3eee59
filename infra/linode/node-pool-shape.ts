import type { ResolvedPool, Taint } from "../../platform/pools.ts";

/** What LKE is told of a pool, whether it comes with the cluster or stands as a resource of its own. */
export interface NodePoolShape {
  readonly type: string;
  /** Nodes at the start. */
  readonly nodeCount: number;
  readonly autoscaler?: { readonly min: number; readonly max: number };
  readonly labels: Record<string, string>;
  readonly taints: Taint[];
  readonly updateStrategy: "rolling_update";
}

/** A region shows no zones and has no spot market, so a pool is one share. */
export function nodePoolShape({ name, machines: [machine], shares, taints }: ResolvedPool): NodePoolShape {
  const [share, ...others] = shares;
  if (!share || others.length > 0) throw new Error(`Pool '${name}' has ${shares.length} shares; on linode it has one.`);
  const { min, max, labels } = share;
  return {
    type: machine.name,
    nodeCount: min,
    ...(max > min && { autoscaler: { min, max } }),
    labels: { ...labels },
    taints: [...taints],
    updateStrategy: "rolling_update",
  };
}
