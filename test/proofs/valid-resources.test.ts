import { expect, test } from "vitest";
import { validResources } from "../../proofs/valid-resources.ts";
import { environmentNames } from "../environments.ts";
import { planOf } from "../plans.ts";
import { type Case, damaged, expectFailure, found, output, without } from "./cloud.ts";

const [aws, lke] = [await planOf("production"), await planOf("production-lke")];

test.each(environmentNames)("resources of %s name what exists", async (name) => {
  const { failures, evidence } = validResources.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence[0]).toMatch(/^\d+ references between \d+ resources$/);
});

test.each<Case>([
  [
    "an empty group that lacks a label of its nodes",
    (plan) => without(plan, "Tag application-1-spot-a-workload"),
    /^NodeGroup 'application-1-spot-a' has no node to begin with, and .*node-template\/label\/workload=application/,
  ],
  [
    "an empty group with another label than its nodes",
    (plan) => damaged(plan, "Tag application-1-spot-b-generation", (inputs) => (inputs.tag.value = "9")),
    /lacks the tag [^ ]*node-template\/label\/generation=1/,
  ],
  [
    "an empty group that lacks a taint of its nodes",
    (plan) =>
      damaged(plan, "NodeGroup application-1-spot-c", (inputs) => {
        inputs.taints = [{ key: "workload", value: "application", effect: "NO_SCHEDULE" }];
      }),
    /lacks the tag [^ ]*node-template\/taint\/workload=application:NoSchedule/,
  ],
  [
    "nodes newer than the control plane",
    (plan) => damaged(plan, "NodeGroup data-1-a", (inputs) => (inputs.version = "1.36")),
    /'data-1-a' runs a kubelet of '1.36'/,
  ],
  [
    "nodes four minors behind",
    (plan) => damaged(plan, "NodeGroup data-1-a", (inputs) => (inputs.version = "1.31")),
    /'data-1-a' runs a kubelet of '1.31'/,
  ],
  [
    "a kube-proxy newer than the control plane",
    (plan) => damaged(plan, "Addon kube-proxy", (inputs) => (inputs.addonVersion = "v1.36.0-eksbuild.25")),
    /^Addon 'kube-proxy' is 'v1\.36\.0-eksbuild\.25', which its control plane does not support/,
  ],
  [
    "nodes of no version",
    (plan) => damaged(plan, "NodeGroup data-1-a", (inputs) => delete inputs.version),
    /'data-1-a' runs a kubelet of ''/,
  ],
  [
    "an image of another minor",
    (plan) => damaged(plan, "NodeGroup data-1-a", (inputs) => (inputs.releaseVersion = "1.34.8-20260818")),
    /image release '1.34.8-20260818', which is none of '1.35'/,
  ],
  [
    "an image of no date",
    (plan) => damaged(plan, "NodeGroup data-1-a", (inputs) => (inputs.releaseVersion = "1.35.6-20260818x")),
    /image release '1.35.6-20260818x', which is none of '1.35'/,
  ],
  [
    "an image that never changes",
    (plan) => damaged(plan, "NodeGroup data-1-a", (inputs) => delete inputs.releaseVersion),
    /has the image release ''/,
  ],
  [
    "an add-on without a version",
    (plan) => damaged(plan, "Addon vpc-cni", (inputs) => delete inputs.addonVersion),
    /Addon 'vpc-cni' takes the default version/,
  ],
  ["a key that is gone", (plan) => without(plan, "Key data"), /takes an output of 'data', which is not in the plan/],
  [
    "a node group of another cluster",
    (plan) => damaged(plan, "NodeGroup", (inputs) => (inputs.clusterName = "other")),
    /is of no cluster of the plan/,
  ],
  [
    "a template's version of another one",
    (plan) =>
      damaged(
        plan,
        "NodeGroup data-1-a",
        (inputs) => (inputs.launchTemplate.version = output(found(plan, "LaunchTemplate gpu-1"))),
      ),
    /names a version of another launch template/,
  ],
  [
    "nodes that are replaced all at once",
    (plan) => damaged(plan, "NodeGroup", (inputs) => (inputs.updateConfig.maxUnavailable = 10)),
    /Set updateConfig.maxUnavailable to 1/,
  ],
  [
    "an autoscaler that Pulumi undoes",
    (plan) => damaged(plan, "NodeGroup", (_, resource) => (resource.ignoreChanges = [])),
    /undoes what the autoscaler does/,
  ],
  [
    "more nodes at the start than at maximum",
    (plan) => damaged(plan, "NodeGroup", (inputs) => (inputs.scalingConfig.desiredSize = 90)),
    /not between its bounds/,
  ],
  [
    "a disk that its image does not fit",
    (plan) => damaged(plan, "LaunchTemplate", (inputs) => (inputs.blockDeviceMappings[0].ebs.volumeSize = 1)),
    /at least 20 GiB/,
  ],
  [
    "machines without a name",
    (plan) => damaged(plan, "NodeGroup", (inputs) => (inputs.instanceTypes = [])),
    /names no instance types/,
  ],
  [
    "a machine that no catalogue has",
    (plan) => damaged(plan, "NodeGroup", (inputs) => (inputs.instanceTypes = ["m6i.tiny"])),
    /'m6i.tiny' is not in the catalogue/,
  ],
  [
    "a class that no catalogue has",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.instanceClass = "db.tiny")),
    /'db.tiny' of aws is not in the catalogue/,
  ],
  [
    "a subnet without a zone",
    (plan) => damaged(plan, "Subnet private-eu-central-1a", (inputs) => delete inputs.availabilityZone),
    /'availabilityZone' is no text/,
  ],
  [
    "parameters of another version",
    (plan) => damaged(plan, "ParameterGroup", (inputs) => (inputs.family = "postgres16")),
    /no parameter group of its own version 17/,
  ],
  [
    "another engine",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.engine = "mysql")),
    /does not run Postgres/,
  ],
  [
    "storage that cannot grow",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.maxAllocatedStorage = 100)),
    /stops when its storage is full/,
  ],
  [
    "logs whose key CloudWatch may not use",
    (plan) => damaged(plan, "Key logs", (inputs) => delete inputs.policy),
    /^LogGroup 'cluster' cannot be encrypted: CloudWatch Logs may not use Key 'logs'/,
  ],
  [
    "logs of another region than their key's",
    (plan) => damaged(plan, "Key logs", (inputs) => (inputs.policy = inputs.policy.replaceAll("central", "west"))),
    /^LogGroup 'database-postgresql' cannot be encrypted/,
  ],
  [
    "a key for logs of every account",
    (plan) =>
      damaged(plan, "Key logs", (inputs) => (inputs.policy = inputs.policy.replace(/,"Condition":\{.*?\}\}/, ""))),
    /^Key 'logs' encrypts logs of other accounts/,
  ],
  [
    "a replica of nothing",
    (plan) =>
      damaged(plan, "Instance database-replica-eu-central-1b", (inputs) => (inputs.replicateSourceDb = "other")),
    /replicates no server/,
  ],
  [
    "a window at no time",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.backupWindow = "25:00-26:00")),
    /backupWindow is '25:00-26:00', which is refused/,
  ],
  [
    "days that CloudWatch refuses",
    (plan) => damaged(plan, "LogGroup", (inputs) => (inputs.retentionInDays = 31)),
    /retentionInDays is '31', which is refused/,
  ],
  [
    "a file system that is not there",
    (plan) => damaged(plan, "StorageClass shared-filesystem", (inputs) => delete inputs.parameters.fileSystemId),
    /names no file system/,
  ],
  [
    "one address for two gateways",
    (plan) => damaged(plan, "NatGateway", (inputs) => (inputs.allocationId = output(found(plan, "Eip")))),
    /is the address of several NAT gateways/,
  ],
  [
    "a secret made of a read replica",
    (plan) =>
      damaged(
        plan,
        "SecretVersion api-database",
        (inputs) => (inputs.secretString = output(found(plan, "Instance database-replica-eu-central-1b"))),
      ),
    /is made of a read replica/,
  ],
  [
    "addresses of replicas that miss one",
    (plan) =>
      damaged(
        plan,
        "SecretVersion database-replicas",
        (inputs) => (inputs.secretString = output(found(plan, "Instance database-replica-eu-central-1b"))),
      ),
    /must hold the addresses of all read replicas/,
  ],
  [
    "addresses of replicas that are the server's",
    (plan) =>
      damaged(
        plan,
        "SecretVersion database-replicas",
        (inputs) => (inputs.secretString = output(found(plan, "Instance database"))),
      ),
    /must hold the addresses of all read replicas/,
  ],
  [
    "a cluster without a private endpoint",
    (plan) => damaged(plan, "Cluster", (inputs) => (inputs.vpcConfig.endpointPrivateAccess = false)),
    /has no private endpoint/,
  ],
  [
    "a cluster that takes the ConfigMap's identities",
    (plan) => damaged(plan, "Cluster", (inputs) => (inputs.accessConfig.authenticationMode = "CONFIG_MAP")),
    /aws-auth/,
  ],
  [
    "objects of the cluster of whoever runs it",
    (plan) => damaged(plan, "kubernetes cluster", (inputs) => delete inputs.kubeconfig),
    /No Kubernetes provider takes its kubeconfig/,
  ],
  [
    "an object of another kind",
    (plan) => damaged(plan, "StorageClass", (inputs) => (inputs.kind = "Class")),
    /is declared as storage.k8s.io\/v1 Class/,
  ],
])("on aws, %s is noticed", (_, damage, failure) => {
  expectFailure(validResources, damage(aws), failure);
});

test.each<Case>([
  [
    "a pool that the cluster deletes",
    (plan) => damaged(plan, "LkeNodePool", (inputs) => (inputs.tags = [])),
    /externalPoolTags/,
  ],
  [
    "a pool of no cluster",
    (plan) => damaged(plan, "LkeNodePool", (inputs) => delete inputs.clusterId),
    /is of no cluster of the plan/,
  ],
  [
    "an autoscaler that Pulumi undoes",
    (plan) => damaged(plan, "LkeNodePool application-1", (inputs) => (inputs.nodeCount = 3)),
    /undoes what the autoscaler does/,
  ],
  [
    "an autoscaler without a node",
    (plan) => damaged(plan, "LkeNodePool application-1", (inputs) => (inputs.autoscaler.min = 0)),
    /scales from 0 to 10 nodes/,
  ],
  [
    "a pool without a node",
    (plan) => damaged(plan, "LkeNodePool gpu-1", (inputs) => (inputs.nodeCount = 0)),
    /has no node/,
  ],
  [
    "a cluster without a first node",
    (plan) => damaged(plan, "LkeCluster", (inputs) => delete inputs.pools[0].count),
    /comes with a pool without a node/,
  ],
  [
    "a first node that takes pods",
    (plan) => damaged(plan, "LkeCluster", (inputs) => (inputs.pools[0].taints = [])),
    /comes with a pool that takes pods/,
  ],
  [
    "first nodes that scale",
    (plan) => damaged(plan, "LkeCluster", (inputs) => (inputs.pools[0].autoscaler = { min: 1, max: 3 })),
    /comes with an autoscaled pool/,
  ],
  ...["LkeCluster", "LkeNodePool gpu-1"].map((of): Case => [
    `a strategy that a standard cluster does not keep, of ${of}`,
    (plan) => damaged(plan, of, (inputs) => ((inputs.pools?.[0] ?? inputs).updateStrategy = "rolling_update")),
    /has an updateStrategy, which only an enterprise cluster keeps/,
  ]),
  [
    "parts of two keys",
    (plan) =>
      damaged(
        plan,
        "ObjectStorageBucket",
        (inputs) => (inputs.secretKey = output(found(plan, "ObjectStorageKey backups"))),
      ),
    /parts of two keys/,
  ],
  [
    "a size that there is not",
    (plan) => damaged(plan, "DatabasePostgresqlV2", (inputs) => (inputs.clusterSize = 5)),
    /clusterSize is '5', which is refused/,
  ],
])("on linode, %s is noticed", (_, damage, failure) => {
  expectFailure(validResources, damage(lke), failure);
});
