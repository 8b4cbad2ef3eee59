import { expect, test } from "vitest";
import { fallbacks } from "../../platform/fallbacks.ts";
import { requireAsDeclared } from "../../proofs/require-as-declared.ts";
import { addonsOf, descriptors, environment, environmentNames } from "../environments.ts";
import { damageObject, freshPlan, planOf } from "../plans.ts";
import { type Case, damaged, expectFailure, without, withResource } from "./cloud.ts";

const [aws, lke] = [await planOf("production"), await planOf("production-lke")];

test.each(environmentNames)("%s is what its file declares", async (name) => {
  const { failures, evidence } = requireAsDeclared.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence[0]).toMatch(/^\d+ declared values, compared with \d+ recorded$/);
});

test.each<Case>([
  [
    "another version of Kubernetes",
    (plan) => damaged(plan, "Cluster", (inputs) => (inputs.version = "1.34")),
    /has 1.34, and 'kubernetes.version' is 1.35/,
  ],
  [
    "another account",
    (plan) => damaged(plan, "aws", (inputs) => (inputs.allowedAccountIds = '["000000000000"]')),
    /'account' is 111122223333/,
  ],
  [
    "another region",
    (plan) => damaged(plan, "aws", (inputs) => (inputs.region = "us-east-1")),
    /'region' is eu-central-1/,
  ],
  [
    "another network",
    (plan) => damaged(plan, "Vpc", (inputs) => (inputs.cidrBlock = "10.0.0.0/8")),
    /'network.cidr' is 10.20.0.0\/16/,
  ],
  [
    "more nodes",
    (plan) => damaged(plan, "NodeGroup data-1-a", (inputs) => (inputs.scalingConfig.maxSize = 200)),
    /'pools.data.nodes' is 3 to 6/,
  ],
  [
    "other machines",
    (plan) => damaged(plan, "NodeGroup data-1-a", (inputs) => (inputs.instanceTypes = ["m6i.xlarge"])),
    /'pools.data.needs'/,
  ],
  [
    "spot nodes",
    (plan) => damaged(plan, "NodeGroup data-1-a", (inputs) => (inputs.capacityType = "SPOT")),
    /'pools.data.spot' is 0/,
  ],
  [
    "nodes without their taint",
    (plan) => damaged(plan, "NodeGroup data-1-a", (inputs) => (inputs.taints = [])),
    /'pools.data.dedicated'/,
  ],
  [
    "nodes with other labels",
    (plan) => damaged(plan, "NodeGroup application-1-a", (inputs) => (inputs.labels.spot = "true")),
    /'pools.application.labels'/,
  ],
  ["a zone less", (plan) => without(plan, "NodeGroup data-1-a"), /'pools.data.zones'/],
  [
    "another version of Postgres",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.engineVersion = "16")),
    /'database.version' is 17/,
  ],
  [
    "a smaller database",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.instanceClass = "db.t4g.medium")),
    /'database.needs' is db.m7g.large/,
  ],
  [
    "a smaller replica",
    (plan) =>
      damaged(plan, "Instance database-replica-eu-central-1b", (inputs) => (inputs.instanceClass = "db.t4g.medium")),
    /replica-eu-central-1b' has db.t4g.medium/,
  ],
  [
    "less storage",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.allocatedStorage = 20)),
    /'database.storage' is 100/,
  ],
  [
    "no standby",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.multiAz = false)),
    /'database.standby' is true/,
  ],
  [
    "a replica less",
    (plan) => without(plan, "Instance database-replica-eu-central-1c"),
    /'database.readReplicas' is 2/,
  ],
  [
    "no database",
    (plan) => without(plan, "Instance database"),
    /'database.version' is 17, but no resource of the plan has that value/,
  ],
  [
    "days of backups",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.backupRetentionPeriod = 35)),
    /'database.pointInTimeRecoveryDays' is 7/,
  ],
  [
    "another domain",
    (plan) => damaged(plan, "Zone", (inputs) => (inputs.name = "example.com")),
    /'domain' is promptops.io/,
  ],
  ["an administrator less", (plan) => without(plan, "AccessEntry"), /without an access entry/],
  [
    "an administrator who may read alone",
    (plan) =>
      damaged(
        plan,
        "AccessPolicyAssociation",
        (inputs) => (inputs.policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"),
      ),
    /without the rights of an administrator/,
  ],
  [
    "an administrator more",
    (plan) =>
      withResource(plan, "aws:eks/accessEntry:AccessEntry", {
        clusterName: "promptops-production",
        principalArn: "arn:aws:iam::000000000000:role/a",
      }),
    /000000000000:role\/a without/,
  ],
  ["no bucket for objects", (plan) => without(plan, "Bucket objects"), /-objects-.*' for objects is not in the plan/],
  ["no bucket for backups", (plan) => without(plan, "Bucket"), /for backups is not in the plan/],
  [
    "backups in another bucket",
    (plan) =>
      damageObject(plan, "BackupStorageLocation", "default", ({ spec }) => (spec.objectStorage.bucket = "other")),
    /stores in bucket 'other'/,
  ],
  [
    "another repository",
    (plan) =>
      damaged(
        plan,
        "Release root",
        (inputs) => (inputs.values.applications.platform.source.repoURL = "https://example.com"),
      ),
    /'gitops.repository'/,
  ],
  [
    "another branch",
    (plan) =>
      damaged(plan, "Release root", (inputs) => (inputs.values.applications.platform.source.targetRevision = "main")),
    /'gitops.branch' is rendered\/production/,
  ],
  [
    "synchronization that nobody asked for",
    (plan) =>
      damaged(plan, "Release root", (inputs) => (inputs.values.applications.platform.syncPolicy.automated = {})),
    /'gitops.automaticSync' is false/,
  ],
  [
    "more replicas of a service",
    (plan) => damageObject(plan, "ScaledObject", "worker", ({ spec }) => (spec.maxReplicaCount = 100)),
    /'services.worker.replicas'/,
  ],
])("on aws, %s is noticed", (_, damage, failure) => {
  expectFailure(requireAsDeclared, damage(aws), failure);
});

test.each<Case>([
  [
    "another version of Kubernetes",
    (plan) => damaged(plan, "LkeCluster", (inputs) => (inputs.k8sVersion = "1.34")),
    /'kubernetes.version' is 1.35/,
  ],
  [
    "another region",
    (plan) => damaged(plan, "DatabasePostgresqlV2", (inputs) => (inputs.region = "us-east")),
    /'region' is fr-par/,
  ],
  [
    "a database without a standby",
    (plan) => damaged(plan, "DatabasePostgresqlV2", (inputs) => (inputs.clusterSize = 1)),
    /'database.standby' is true/,
  ],
  [
    "a smaller database",
    (plan) => damaged(plan, "DatabasePostgresqlV2", (inputs) => (inputs.type = "g6-dedicated-2")),
    /'database.needs'/,
  ],
  [
    "fewer nodes",
    (plan) => damaged(plan, "LkeNodePool application-1", (inputs) => (inputs.autoscaler.max = 4)),
    /'pools.application.nodes' is 3 to 10/,
  ],
  [
    "another domain",
    (plan) => damaged(plan, "Domain", (inputs) => (inputs.domain = "example.com")),
    /'domain' is lke.promptops.io/,
  ],
])("on linode, %s is noticed", (_, damage, failure) => {
  expectFailure(requireAsDeclared, damage(lke), failure);
});

test("days that the cloud does not keep are a fallback, and shown as one", async () => {
  const changes = { "database.pointInTimeRecoveryDays": 14 };
  expect(requireAsDeclared.examine(await freshPlan("production-lke", changes)).failures).toEqual([]);
  const longer = environment("production-lke", changes);
  expect(fallbacks({ environment: longer, ...descriptors, installed: addonsOf(longer) })).toContainEqual({
    preference: "point-in-time recovery over 14 days",
    fallback: "7 days, which is what the cloud keeps",
  });
});
