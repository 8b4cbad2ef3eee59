import { expect, test } from "vitest";
import { requireEncryption } from "../../proofs/require-encryption.ts";
import { environmentNames } from "../environments.ts";
import { planOf } from "../plans.ts";
import { type Case, damaged, expectFailure, found, output, without, withResource } from "./cloud.ts";

const [aws, lke] = [await planOf("production"), await planOf("production-lke")];

test.each(environmentNames)("every store in %s is encrypted", async (name) => {
  const { failures, evidence } = requireEncryption.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence[0]).toMatch(/^\d+ stores: \d+ with our own key/);
});

test.each<Case>([
  [
    "a database in clear",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.storageEncrypted = false)),
    /^Instance 'database' is not encrypted/,
  ],
  [
    "a database without our own key",
    (plan) => damaged(plan, "Instance", (inputs) => delete inputs.kmsKeyId),
    /encrypted with the provider's key/,
  ],
  [
    "a database that accepts plaintext",
    (plan) => damaged(plan, "ParameterGroup", (inputs) => (inputs.parameters[0].value = "0")),
    /^Instance 'database' accepts connections without TLS/,
  ],
  ["a database without its parameters", (plan) => without(plan, "ParameterGroup"), /accepts connections without TLS/],
  [
    "a file system in clear",
    (plan) => damaged(plan, "FileSystem", (inputs) => delete inputs.encrypted),
    /^FileSystem .* is not encrypted/,
  ],
  [
    "a bucket without its configuration",
    (plan) => without(plan, "BucketServerSideEncryptionConfiguration"),
    /^Bucket .* provider's key/,
  ],
  [
    "a bucket with S3's own key",
    (plan) =>
      damaged(
        plan,
        "BucketServerSideEncryptionConfiguration",
        (inputs) => (inputs.rules[0].applyServerSideEncryptionByDefault.sseAlgorithm = "AES256"),
      ),
    /^Bucket .* provider's key/,
  ],
  [
    "a bucket without its policy",
    (plan) => without(plan, "BucketPolicy"),
    /^Bucket .* accepts connections without TLS/,
  ],
  [
    "a bucket whose policy spares writes",
    (plan) => damaged(plan, "BucketPolicy", (inputs) => (inputs.policy = inputs.policy.replace('"s3:*"', '"s3:Get*"'))),
    /^Bucket .* without TLS/,
  ],
  [
    "a bucket whose policy denies TLS",
    (plan) => damaged(plan, "BucketPolicy", (inputs) => (inputs.policy = inputs.policy.replace('"false"', '"true"'))),
    /^Bucket .* without TLS, or refuses those with it/,
  ],
  [
    "volumes in clear",
    (plan) => damaged(plan, "StorageClass fast-ssd", (inputs) => (inputs.parameters.encrypted = "false")),
    /^StorageClass 'fast-ssd' is not encrypted/,
  ],
  [
    "nodes' disks in clear",
    (plan) => damaged(plan, "LaunchTemplate data-1", (inputs) => delete inputs.blockDeviceMappings[0].ebs.encrypted),
    /^Root volumes of NodeGroup 'data-/,
  ],
  [
    "a template for another disk",
    (plan) => damaged(plan, "LaunchTemplate", (inputs) => (inputs.blockDeviceMappings[0].deviceName = "/dev/sdf")),
    /^Root volumes/,
  ],
  [
    "nodes without a template",
    (plan) => damaged(plan, "NodeGroup", (inputs) => delete inputs.launchTemplate),
    /^Root volumes/,
  ],
  [
    "the API's secrets with EKS' own key",
    (plan) => damaged(plan, "Cluster", (inputs) => (inputs.encryptionConfig.resources = [])),
    /^Secrets of Cluster/,
  ],
  [
    "the API's secrets with the volumes' key",
    (plan) =>
      damaged(plan, "Cluster", (inputs) => (inputs.encryptionConfig.provider.keyArn = output(found(plan, "Key data")))),
    /encrypted with one key/,
  ],
  [
    "a secret without a key",
    (plan) => damaged(plan, "Secret valkey", (inputs) => delete inputs.kmsKeyId),
    /^Secret 'valkey'/,
  ],
  [
    "a key that never changes",
    (plan) => damaged(plan, "Key data", (inputs) => (inputs.enableKeyRotation = false)),
    /which never changes/,
  ],
  [
    "a key that is disabled",
    (plan) => damaged(plan, "Key data", (inputs) => (inputs.isEnabled = false)),
    /no enabled key/,
  ],
  [
    "a key of another account",
    (plan) =>
      damaged(plan, "FileSystem", (inputs) => (inputs.kmsKeyId = "arn:aws:kms:eu-central-1:000000000000:key/a")),
    /no enabled key of the plan/,
  ],
  [
    "a vault without our own key",
    (plan) => damaged(plan, "Vault", (inputs) => delete inputs.kmsKeyArn),
    /^Vault 'database-copies' is encrypted with the provider's key/,
  ],
  [
    "backups in the standby region without our own key",
    (plan) => damaged(plan, "InstanceAutomatedBackupsReplication", (inputs) => delete inputs.kmsKeyId),
    /^InstanceAutomatedBackupsReplication 'standby' is encrypted with the provider's key/,
  ],
  [
    "backups in the standby region with a key of another region",
    (plan) => damaged(plan, "Key standby", (inputs) => delete inputs.region),
    /with 'Key 'standby'', which is no enabled key of the plan in its region/,
  ],
  [
    "logs without our own key",
    (plan) => damaged(plan, "LogGroup flow-log", (inputs) => delete inputs.kmsKeyId),
    /^LogGroup 'flow-log' is encrypted with the provider's key/,
  ],
  ["no key", (plan) => without(plan, "Key data"), /no enabled key of the plan/],
  [
    "a queue of an extension",
    (plan) => withResource(plan, "aws:sqs/queue:Queue", {}),
    /^Queue 'extra' is encrypted with the provider's key/,
  ],
  [
    "a cache that accepts plaintext",
    (plan) =>
      withResource(plan, "aws:elasticache/replicationGroup:ReplicationGroup", { atRestEncryptionEnabled: true }),
    /^ReplicationGroup 'extra' accepts connections without TLS/,
  ],
])("on aws, %s is noticed", (_, damage, failure) => {
  expectFailure(requireEncryption, damage(aws), failure);
});

test.each<Case>([
  [
    "volumes in clear",
    (plan) =>
      damaged(plan, "StorageClass", (inputs) => (inputs.parameters["linodebs.csi.linode.com/encrypted"] = "false")),
    /^StorageClass .* is not encrypted/,
  ],
  [
    "nodes' disks in clear",
    (plan) => damaged(plan, "LkeNodePool", (inputs) => (inputs.diskEncryption = "disabled")),
    /^Disks of LkeNodePool/,
  ],
])("on linode, %s is noticed", (_, damage, failure) => {
  expectFailure(requireEncryption, damage(lke), failure);
});
