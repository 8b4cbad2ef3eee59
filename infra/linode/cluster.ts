import { LkeCluster } from "@pulumi/linode";
import { Provider } from "@pulumi/kubernetes";
import { ComponentResource, type ComponentResourceOptions, type Output, secret } from "@pulumi/pulumi";
import type { LinodeEnvironment } from "../../platform/environment.ts";
import { clusterName } from "../../platform/names.ts";
import type { ResolvedPool } from "../../platform/pools.ts";
import { type NodePoolShape, nodePoolShape } from "./node-pool-shape.ts";

/** Pools that bear this tag are resources of their own: the cluster leaves them alone. */
export const OWN_RESOURCE = "own-resource";

export interface ClusterArgs {
  readonly environment: LinodeEnvironment;
  readonly region: string;
  /** LKE makes no cluster without a pool: this one comes with it. */
  readonly baseline: ResolvedPool;
  readonly tags: readonly string[];
}

/** The LKE control plane with its baseline pool: highly available where the environment is protected, open to named CIDRs. */
export class Cluster extends ComponentResource {
  readonly id: Output<number>;
  /** Holds the administrator's token: a secret. */
  readonly kubeconfig: Output<string>;
  readonly kubernetes: Provider;

  constructor(name: string, { environment, region, baseline, tags }: ClusterArgs, options: ComponentResourceOptions) {
    super("promptops:linode:Cluster", name, {}, options);
    const { protect } = environment;
    const { version, access } = environment.kubernetes;
    const called = clusterName(environment);
    const { nodeCount, ...pool }: NodePoolShape = nodePoolShape(baseline);
    const cluster = new LkeCluster(
      called,
      {
        label: called,
        region,
        k8sVersion: version,
        tier: "standard",
        controlPlane: { highAvailability: protect, acl: { enabled: true, addresses: [{ ipv4s: access }] } },
        pools: [{ ...pool, count: nodeCount, tags: [...tags] }],
        externalPoolTags: [OWN_RESOURCE],
        tags: [...tags],
      },
      // How many nodes there are between min and max is the autoscaler's to say.
      { parent: this, protect, ignoreChanges: ["pools[0].count"] },
    );
    this.id = cluster.id.apply(Number);
    this.kubeconfig = secret(cluster.kubeconfig).apply((encoded) => Buffer.from(encoded, "base64").toString("utf8"));
    this.kubernetes = new Provider("cluster", { kubeconfig: this.kubeconfig }, { parent: this });
    this.registerOutputs();
  }
}
