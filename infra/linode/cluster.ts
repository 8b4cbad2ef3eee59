import { LkeCluster } from "@pulumi/linode";
import { Provider } from "@pulumi/kubernetes";
import { ComponentResource, type ComponentResourceOptions, type Output, secret } from "@pulumi/pulumi";
import type { LinodeEnvironment } from "../../platform/environment.ts";
import { clusterName } from "../../platform/names.ts";
import { FIRST_POOL, POOL_LABEL, poolTaint } from "../../platform/pools.ts";
import { isGuarded } from "../guards.ts";

/** Pools that bear this tag are resources of their own: the cluster leaves them alone. */
export const OWN_RESOURCE = "own-resource";
/**
 * LKE makes no cluster without a pool, and the provider replaces all nodes of one that comes with the cluster at once, undrained, when
 * its machine changes (linode/terraform-provider-linode v3.1.1, linode/lke/cluster.go, ReconcileLKENodePoolSpecs). So this one never
 * changes and takes no pods; every pool that does is a resource of its own.
 */
const FIRST_NODE_TYPE = "g6-standard-2";

export interface ClusterArgs {
  readonly environment: LinodeEnvironment;
  readonly region: string;
  readonly tags: readonly string[];
}

/** The LKE control plane with the one node that it cannot do without: open to named CIDRs. */
export class Cluster extends ComponentResource {
  readonly id: Output<number>;
  /** Holds the administrator's token: a secret. */
  readonly kubeconfig: Output<string>;
  readonly kubernetes: Provider;

  constructor(name: string, { environment, region, tags }: ClusterArgs, options: ComponentResourceOptions) {
    super("promptops:linode:Cluster", name, {}, options);
    const { version, access, highAvailability = true } = environment.kubernetes;
    const called = clusterName(environment);
    const cluster = new LkeCluster(
      called,
      {
        label: called,
        region,
        k8sVersion: version,
        tier: "standard",
        controlPlane: { highAvailability, acl: { enabled: true, addresses: [{ ipv4s: access }] } },
        pools: [
          {
            type: FIRST_NODE_TYPE,
            count: 1,
            labels: { [POOL_LABEL]: FIRST_POOL },
            taints: [poolTaint(FIRST_POOL)],
            tags: [...tags],
          },
        ],
        externalPoolTags: [OWN_RESOURCE],
        tags: [...tags],
      },
      { parent: this, protect: isGuarded(environment) },
    );
    this.id = cluster.id.apply(Number);
    this.kubeconfig = secret(cluster.kubeconfig).apply((encoded) => Buffer.from(encoded, "base64").toString("utf8"));
    this.kubernetes = new Provider("cluster", { kubeconfig: this.kubeconfig }, { parent: this });
    this.registerOutputs();
  }
}
