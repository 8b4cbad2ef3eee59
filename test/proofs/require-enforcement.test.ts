import { expect, test } from "vitest";
import { requireEnforcement } from "../../proofs/require-enforcement.ts";
import { environmentNames } from "../environments.ts";
import { planOf } from "../plans.ts";
import { type Case, damaged, expectFailure, without } from "./cloud.ts";

const [aws, lke] = [await planOf("production"), await planOf("production-lke")];

test.each(environmentNames)("what %s relies on is installed", async (name) => {
  const { failures, evidence } = requireEnforcement.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence[0]).toMatch(/\d+ (of \d+ requirements met|add-ons)/);
});

test.each<Case>([
  [
    "a network that ignores policies",
    (plan) =>
      damaged(plan, "Addon vpc-cni", (inputs) => (inputs.configurationValues = '{"enableNetworkPolicy":"false"}')),
    /NetworkPolicies are enforced by nothing/,
  ],
  [
    "a network without configuration",
    (plan) => damaged(plan, "Addon vpc-cni", (inputs) => delete inputs.configurationValues),
    /NetworkPolicies are enforced by nothing/,
  ],
  [
    "configuration that is no JSON",
    (plan) => damaged(plan, "Addon vpc-cni", (inputs) => (inputs.configurationValues = "{")),
    /NetworkPolicies are enforced by nothing/,
  ],
  ["no network", (plan) => without(plan, "Addon vpc-cni"), /NetworkPolicies are enforced by nothing/],
  [
    "no driver of block volumes",
    (plan) => without(plan, "Addon aws-ebs-csi-driver"),
    /StorageClass fast-ssd: no CSI driver 'ebs.csi.aws.com'/,
  ],
  ["no driver of shared files", (plan) => without(plan, "Addon aws-efs-csi-driver"), /no CSI driver 'efs.csi.aws.com'/],
  [
    "a class of a driver that is not there",
    (plan) => damaged(plan, "StorageClass fast-ssd", (inputs) => (inputs.provisioner = "kubernetes.io/aws-ebs")),
    /no CSI driver 'kubernetes.io\/aws-ebs'/,
  ],
  [
    "snapshots by a driver that is not there",
    (plan) => damaged(plan, "VolumeSnapshotClass", (inputs) => (inputs.driver = "other")),
    /VolumeSnapshotClass .* 'other'/,
  ],
  [
    "nothing that makes snapshots",
    (plan) => without(plan, "Addon snapshot-controller"),
    /snapshots are made by nothing/,
  ],
  [
    "no agent for identities",
    (plan) => without(plan, "Addon eks-pod-identity-agent"),
    /identities that no agent brings/,
  ],
  [
    "an add-on of another cluster",
    (plan) => damaged(plan, "Addon eks-pod-identity-agent", (inputs) => (inputs.clusterName = "other")),
    /identities that no agent brings/,
  ],
  ["no DNS", (plan) => without(plan, "Addon coredns"), /Add-on coredns is enabled, and the cloud is not told/],
])("on aws, %s is noticed", (_, damage, failure) => {
  expectFailure(requireEnforcement, damage(aws), failure);
});

test("on linode, a class of another driver is noticed", () => {
  expectFailure(
    requireEnforcement,
    damaged(lke, "StorageClass fast-ssd", (inputs) => (inputs.provisioner = "ebs.csi.aws.com")),
    /no CSI driver 'ebs.csi.aws.com'/,
  );
});
