import { autoscaling, ec2, eks, iam } from "@pulumi/aws";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Output,
} from "@pulumi/pulumi";
import { eksNodeReleases } from "../../platform/catalogue/eks-releases.ts";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { roleName } from "../../platform/names.ts";
import { generationName, type NodeShare, type ResolvedPool } from "../../platform/pools.ts";
import type { Cluster } from "./cluster.ts";
import type { Network } from "./network.ts";
import { trust } from "./policies.ts";

const ROOT_VOLUME_GIB = 50;
/** A model's image alone is some 10 GB. */
const GPU_ROOT_VOLUME_GIB = 200;

/** What a node may do in the cloud: join, pull images, and let administrators in through Systems Manager. */
const NODE_POLICIES = {
  worker: "AmazonEKSWorkerNodePolicy",
  images: "AmazonEC2ContainerRegistryPullOnly",
  sessions: "AmazonSSMManagedInstanceCore",
};

export class NodeRole extends ComponentResource {
  readonly arn: Output<string>;

  constructor(name: string, { environment }: { environment: AwsEnvironment }, options: ComponentResourceOptions) {
    super("promptops:aws:NodeRole", name, {}, options);
    const role = new iam.Role(
      "node",
      { name: roleName(environment, "node"), assumeRolePolicy: trust("ec2.amazonaws.com") },
      { parent: this },
    );
    for (const [use, policy] of Object.entries(NODE_POLICIES)) {
      new iam.RolePolicyAttachment(
        `node-${use}`,
        { role: role.name, policyArn: `arn:aws:iam::aws:policy/${policy}` },
        { parent: this },
      );
    }
    this.arn = role.arn;
    this.registerOutputs();
  }
}

export interface NodePoolArgs {
  readonly pool: ResolvedPool;
  /** The minor of Kubernetes. */
  readonly version: string;
  /** EC2 instances and volumes do not take on the tags of their node group. */
  readonly tags: Readonly<Record<string, string>>;
  readonly cluster: Cluster;
  readonly network: Network;
  readonly role: NodeRole;
}

/**
 * A pool as one node group a zone, and a second one for its spot nodes. A group that spans zones may stand in one of them
 * alone, and a volume cannot follow its pod to another; a group a zone keeps `min` nodes in each and lets the autoscaler
 * add where a pod waits.
 */
export class NodePool extends ComponentResource {
  constructor(
    name: string,
    { pool, version, tags, cluster, network, role }: NodePoolArgs,
    options: ComponentResourceOptions,
  ) {
    super("promptops:aws:NodePool", name, {}, options);
    const inside = { parent: this };
    const releaseVersion = eksNodeReleases[version];
    if (releaseVersion === undefined) throw new Error(`platform/catalogue/eks-releases.ts has no row for ${version}.`);
    const [machine] = pool.machines;
    const generation = generationName(pool);
    const hasGpus = machine.gpus > 0;
    const template = new ec2.LaunchTemplate(
      generation,
      {
        updateDefaultVersion: true,
        // One hop: a pod cannot reach the node's own credentials.
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: {
              volumeType: "gp3",
              volumeSize: hasGpus ? GPU_ROOT_VOLUME_GIB : ROOT_VOLUME_GIB,
              encrypted: "true",
              deleteOnTermination: "true",
            },
          },
        ],
        tagSpecifications: ["instance", "volume"].map((resourceType) => ({
          resourceType,
          tags: { ...tags, Name: `${tags["project"] ?? ""}-${tags["environment"] ?? ""}-${generation}` },
        })),
      },
      inside,
    );
    for (const share of pool.shares) {
      const { zone, spot, min, max, labels } = share;
      const subnet = network.zones.find(({ plan }) => plan.zone === zone);
      if (!subnet) throw new Error(`Pool '${pool.name}': the network has no zone '${zone}'.`);
      // EKS allows 63 characters; the zone's letter leaves most of them to the pool.
      const called = [generation, ...(spot ? ["spot"] : []), subnet.plan.zone.at(-1)].join("-");
      const group = new eks.NodeGroup(
        called,
        {
          // No nodeGroupName: Pulumi generates a unique one, so a replacement can be created before the old group is deleted.
          clusterName: cluster.name,
          nodeRoleArn: role.arn,
          subnetIds: [subnet.private.id],
          // Moves after the control plane and the add-ons that nodes need: those are inputs and dependencies.
          version,
          releaseVersion,
          amiType: hasGpus ? "AL2023_x86_64_NVIDIA" : "AL2023_x86_64_STANDARD",
          instanceTypes: (spot ? pool.machines : [machine]).map((type) => type.name),
          capacityType: spot ? "SPOT" : "ON_DEMAND",
          scalingConfig: { minSize: min, maxSize: max, desiredSize: min },
          updateConfig: { maxUnavailable: 1 },
          labels,
          taints: pool.taints.map(({ key, value }) => ({ key, value, effect: "NO_SCHEDULE" })),
          launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        },
        // How many nodes there are between min and max is the autoscaler's to say. `refresh` in Pulumi.yaml makes that number known:
        // AWS takes the three together.
        { ...inside, ignoreChanges: ["scalingConfig.desiredSize"] },
      );
      describeNodes(called, { group, share, pool }, inside);
    }
    this.registerOutputs();
  }
}

/** The autoscaler reads them of a group without a node. */
const TEMPLATE = "k8s.io/cluster-autoscaler/node-template";

/**
 * Says on an empty group's own tags which labels and taints its first node will have, or the autoscaler sees no pod that the group
 * would hold. EKS passes no tags on to the group that it makes. A group that retires is to stay empty.
 */
function describeNodes(
  name: string,
  { group, share, pool }: { readonly group: eks.NodeGroup; readonly share: NodeShare; readonly pool: ResolvedPool },
  options: CustomResourceOptions,
): void {
  if (share.min > 0 || pool.retiring) return;
  const autoscalingGroupName = group.resources.apply(([made]) => made?.autoscalingGroups[0]?.name ?? "");
  const described = [
    ...Object.entries(share.labels).map(([label, value]) => ["label", label, value] as const),
    ...pool.taints.map(({ key, value, effect }) => ["taint", key, `${value}:${effect}`] as const),
  ];
  for (const [kind, key, value] of described) {
    new autoscaling.Tag(
      `${name}-${key.replaceAll(/[^-\w]/g, "-")}`,
      { autoscalingGroupName, tag: { key: `${TEMPLATE}/${kind}/${key}`, value, propagateAtLaunch: false } },
      options,
    );
  }
}
