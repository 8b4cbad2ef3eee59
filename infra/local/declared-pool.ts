import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { ResolvedPool } from "../../platform/pools.ts";

/** Nodes that are there already, as their owner declares them. Makes nothing; says what the rest may count on. */
export class DeclaredPool extends ComponentResource {
  constructor(name: string, { pool }: { readonly pool: ResolvedPool }, options?: ComponentResourceOptions) {
    const [{ vcpu, memoryGiB, gpus, maxPods }] = pool.machines;
    const { shares, taints } = pool;
    super("promptops:local:DeclaredPool", name, { vcpu, memoryGiB, gpus, maxPods, shares, taints }, options);
    this.registerOutputs();
  }
}
