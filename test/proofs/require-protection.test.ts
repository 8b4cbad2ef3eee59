import { expect, test } from "vitest";
import { requireProtection } from "../../proofs/require-protection.ts";
import { environmentNames } from "../environments.ts";
import { planOf } from "../plans.ts";
import { type Case, damaged, expectFailure, without } from "./cloud.ts";

const [aws, lke, staging] = [await planOf("production"), await planOf("production-lke"), await planOf("staging")];

const NO_COPY = /^Instance 'database' is not copied to a vault every 6 hours and kept for 7 days/;
const NO_STANDBY = /^Instance 'database' does not replicate 7 days of backups to eu-west-1/;

test.each(environmentNames)("what holds data in %s is as protected as its file says", async (name) => {
  const { failures, evidence } = requireProtection.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence[0]).toMatch(/^\d+ resources with data, \d+ of \d+ guards on, \d+ retention periods$/);
});

test.each<Case>([
  ...[
    "Instance database",
    "Bucket",
    "FileSystem",
    "Cluster",
    "Vpc",
    "Key data",
    "Key standby",
    "Secret valkey",
    "Vault",
    "Zone",
  ].map((of): Case => [
    `${of} that Pulumi may delete`,
    (plan) => damaged(plan, of, (_, resource) => (resource.protect = false)),
    /can be deleted by Pulumi/,
  ]),
  [
    "a database that can be deleted",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.deletionProtection = false)),
    /lacks: deletionProtection/,
  ],
  [
    "a replica that cannot go",
    (plan) => damaged(plan, "Instance database-replica-eu-central-1b", (inputs) => (inputs.deletionProtection = true)),
    /replica-eu-central-1b' lacks: deletionProtection off/,
  ],
  [
    "a database without a last snapshot",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.skipFinalSnapshot = true)),
    /lacks: a final snapshot/,
  ],
  [
    "backups of a day",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.backupRetentionPeriod = 1)),
    /point-in-time recovery for 1 days, and must be for 7/,
  ],
  [
    "no backups",
    (plan) => damaged(plan, "Instance database", (inputs) => delete inputs.backupRetentionPeriod),
    /for 0 days/,
  ],
  [
    "a cluster that can be deleted",
    (plan) => damaged(plan, "Cluster", (inputs) => delete inputs.deletionProtection),
    /Cluster .* lacks: deletionProtection/,
  ],
  [
    "a bucket that is emptied with its deletion",
    (plan) => damaged(plan, "Bucket", (inputs) => (inputs.forceDestroy = true)),
    /forceDestroy/,
  ],
  ["a bucket without versions", (plan) => without(plan, "BucketVersioning"), /Bucket .* lacks: versions/],
  [
    "versions that are suspended",
    (plan) => damaged(plan, "BucketVersioning", (inputs) => (inputs.versioningConfiguration.status = "Suspended")),
    /lacks: versions/,
  ],
  [
    "a rule that deletes backups",
    (plan) => damaged(plan, "BucketLifecycleConfiguration", (inputs) => (inputs.rules[0].expiration = { days: 1 })),
    /deletes live objects/,
  ],
  [
    "backups that take hours to read",
    (plan) =>
      damaged(
        plan,
        "BucketLifecycleConfiguration backups",
        (inputs) => (inputs.rules[0].transitions[0].storageClass = "DEEP_ARCHIVE"),
      ),
    /cannot be read at once/,
  ],
  [
    "old versions of a day",
    (plan) =>
      damaged(
        plan,
        "BucketLifecycleConfiguration",
        (inputs) => (inputs.rules[0].noncurrentVersionExpiration.noncurrentDays = 1),
      ),
    /old versions for 1 days/,
  ],
  ["old versions that never expire", (plan) => without(plan, "BucketLifecycleConfiguration"), /expires old versions/],
  [
    "volumes that go with their claim",
    (plan) => damaged(plan, "StorageClass fast-ssd", (inputs) => (inputs.reclaimPolicy = "Delete")),
    /'fast-ssd' lacks: reclaimPolicy Retain/,
  ],
  ["no class for snapshots", (plan) => without(plan, "VolumeSnapshotClass"), /lacks: a VolumeSnapshotClass/],
  [
    "snapshots that go with their object",
    (plan) => damaged(plan, "VolumeSnapshotClass", (inputs) => (inputs.deletionPolicy = "Delete")),
    /lacks: a VolumeSnapshotClass/,
  ],
  [
    "a secret that is gone at once",
    (plan) => damaged(plan, "Secret valkey", (inputs) => (inputs.recoveryWindowInDays = 0)),
    /deleted secrets for 0 days/,
  ],
  ["a secret without a value", (plan) => without(plan, "SecretVersion valkey"), /Secret 'valkey' lacks: a value/],
  [
    "a password that changes on every run",
    (plan) => damaged(plan, "SecretVersion valkey", (_, resource) => (resource.ignoreChanges = [])),
    /ignoreChanges of its generated value/,
  ],
  [
    "a key that is gone in days",
    (plan) => damaged(plan, "Key data", (inputs) => (inputs.deletionWindowInDays = 1)),
    /deleted keys for 1 days/,
  ],
  [
    "a vault that is emptied with its deletion",
    (plan) => damaged(plan, "Vault", (inputs) => (inputs.forceDestroy = true)),
    /Vault 'database-copies' lacks: forceDestroy off/,
  ],
  ...["Vault", "Plan", "Selection"].map((of): Case => [`no ${of} of copies`, (plan) => without(plan, of), NO_COPY]),
  [
    "copies of another server",
    (plan) => damaged(plan, "Selection", (inputs) => (inputs.resources = ["arn:aws:rds:eu-central-1:1:db:other"])),
    NO_COPY,
  ],
  [
    "copies of a server of another region",
    (plan) =>
      damaged(plan, "Selection", (inputs) => (inputs.resources[0] = inputs.resources[0].replace("central", "west"))),
    NO_COPY,
  ],
  ["copies by no plan", (plan) => damaged(plan, "Selection", (inputs) => (inputs.planId = "other")), NO_COPY],
  [
    "copies in a vault of somebody else",
    (plan) => damaged(plan, "Plan", (inputs) => (inputs.rules[0].targetVaultName = "other")),
    NO_COPY,
  ],
  [
    "a copy a day",
    (plan) => damaged(plan, "Plan", (inputs) => (inputs.rules[0].schedule = "cron(0 5 * * ? *)")),
    NO_COPY,
  ],
  [
    "copies in one year alone",
    (plan) => damaged(plan, "Plan", (inputs) => (inputs.rules[0].schedule = "cron(0 5,11,17,23 * * ? 2027)")),
    NO_COPY,
  ],
  [
    "copies of a day",
    (plan) => damaged(plan, "Plan", (inputs) => (inputs.rules[0].lifecycle.deleteAfter = 1)),
    NO_COPY,
  ],
  [
    "no weekly copies",
    (plan) => damaged(plan, "Plan", (inputs) => inputs.rules.pop()),
    /^Instance 'database' is not copied to a vault every 168 hours and kept for 90 days/,
  ],
  [
    "weekly copies of a month",
    (plan) => damaged(plan, "Plan", (inputs) => (inputs.rules[1].lifecycle.deleteAfter = 30)),
    /every 168 hours and kept for 90 days/,
  ],
  [
    "copies that never expire",
    (plan) => damaged(plan, "Plan", (inputs) => delete inputs.rules[0].lifecycle),
    /^Instance 'database': copies of '0 5,11,17,23 \* \* \*' never expire/,
  ],
  ["no standby region", (plan) => without(plan, "InstanceAutomatedBackupsReplication"), NO_STANDBY],
  [
    "backups of a day in the standby region",
    (plan) => damaged(plan, "InstanceAutomatedBackupsReplication", (inputs) => (inputs.retentionPeriod = 1)),
    NO_STANDBY,
  ],
  [
    "another server's backups in the standby region",
    (plan) => damaged(plan, "InstanceAutomatedBackupsReplication", (inputs) => (inputs.sourceDbInstanceArn = "other")),
    NO_STANDBY,
  ],
  [
    "another standby region",
    (plan) => damaged(plan, "InstanceAutomatedBackupsReplication", (inputs) => (inputs.region = "us-east-1")),
    /^Instance 'database' sends its backups to 'us-east-1', which is not 'backups.standbyRegion'/,
  ],
  ["no log of flows", (plan) => without(plan, "FlowLog"), /lacks: a log of all flows/],
  [
    "a log of refused flows alone",
    (plan) => damaged(plan, "FlowLog", (inputs) => (inputs.trafficType = "REJECT")),
    /a log of all flows/,
  ],
  [
    "no audit log",
    (plan) => damaged(plan, "Cluster", (inputs) => inputs.enabledClusterLogTypes.splice(1, 1)),
    /lacks: logs of the control plane/,
  ],
  [
    "logs of a day",
    (plan) => damaged(plan, "LogGroup cluster", (inputs) => (inputs.retentionInDays = 1)),
    /logs for 1 days/,
  ],
  [
    "logs that never expire",
    (plan) => damaged(plan, "LogGroup cluster", (inputs) => delete inputs.retentionInDays),
    /logs never expire/,
  ],
  [
    "no log group for a server's log",
    (plan) => without(plan, "LogGroup database-replica-eu-central-1b-postgresql"),
    /^Instance 'database-replica-eu-central-1b' lacks: a log group '\/aws\/rds\/instance\/[-\w]+\/postgresql' of its own/,
  ],
  ["no log group", (plan) => without(plan, "LogGroup cluster"), /a log group '.*' of its own/],
  [
    "a zone that goes with its records",
    (plan) => damaged(plan, "Zone", (inputs) => (inputs.forceDestroy = true)),
    /Zone .* forceDestroy/,
  ],
])("on aws, %s is noticed", (_, damage, failure) => {
  expectFailure(requireProtection, damage(aws), failure);
});

test.each<Case>([
  ...["DatabasePostgresqlV2", "ObjectStorageBucket", "LkeCluster", "Domain"].map((of): Case => [
    `${of} that Pulumi may delete`,
    (plan) => damaged(plan, of, (_, resource) => (resource.protect = false)),
    /can be deleted by Pulumi/,
  ]),
  [
    "a bucket without versions",
    (plan) => damaged(plan, "ObjectStorageBucket", (inputs) => (inputs.versioning = false)),
    /lacks: versions/,
  ],
  [
    "a rule that deletes backups",
    (plan) => damaged(plan, "ObjectStorageBucket", (inputs) => (inputs.lifecycleRules[0].expiration = { days: 1 })),
    /deletes live objects/,
  ],
  [
    "a control plane that stands alone",
    (plan) => damaged(plan, "LkeCluster", (inputs) => (inputs.controlPlane.highAvailability = false)),
    /highAvailability/,
  ],
  [
    "a password that changes on every run",
    (plan) => damaged(plan, "Secret valkey", (_, resource) => (resource.ignoreChanges = [])),
    /ignoreChanges/,
  ],
])("on linode, %s is noticed", (_, damage, failure) => {
  expectFailure(requireProtection, damage(lke), failure);
});

test("an environment without protection may be destroyed, and still keeps versions and logs", () => {
  expect(
    requireProtection.examine(damaged(staging, "Instance database", (inputs) => (inputs.deletionProtection = false)))
      .failures,
  ).toEqual([]);
  expectFailure(requireProtection, without(staging, "BucketVersioning"), /lacks: versions/);
});

test("protection of what holds no data, and in an environment that is not protected, is found", () => {
  const protecting = (plan: typeof aws, name: string): readonly string[] =>
    requireProtection.examine({
      ...plan,
      resources: plan.resources.map((each) => (each.name === name ? { ...each, protect: true } : each)),
    }).failures;
  expect(protecting(aws, "application-1-a")).toEqual([expect.stringMatching(/is protected and holds no data/)]);
  expect(protecting(staging, "backups")).toContainEqual(
    expect.stringMatching(/^Bucket 'backups' is protected, and the environment is not/),
  );
});
