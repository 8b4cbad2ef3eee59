import { LkeNodePool } from "@pulumi/linode";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { ResolvedPool } from "../../platform/pools.ts";
import { type Cluster, OWN_RESOURCE } from "./cluster.ts";
import { nodePoolShape } from "./node-pool-shape.ts";

export interface NodePoolArgs {
  readonly pool: ResolvedPool;
  readonly cluster: Cluster;
  readonly tags: readonly string[];
}

/** A pool that can come and go without the cluster. LKE's own autoscaler moves it. */
export class NodePool extends ComponentResource {
  constructor(name: string, { pool, cluster, tags }: NodePoolArgs, options: ComponentResourceOptions) {
    super("promptops:linode:NodePool", name, {}, options);
    new LkeNodePool(
      name,
      { clusterId: cluster.id, ...nodePoolShape(pool), tags: [...tags, OWN_RESOURCE] },
      { parent: this },
    );
    this.registerOutputs();
  }
}
