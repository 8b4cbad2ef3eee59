import type { Key, Store } from "../../model/safety.ts";
import { type Recorded, type RecordedResource, urnsIn, textOf } from "../../model/recorded.ts";
import { at, isOn, nameOf, objectsIn, ofType, referredTo, textsOf } from "../inputs.ts";
import { refusesPlaintext } from "./bucket-policy.ts";

type Resources = readonly RecordedResource[];

const KEY = "aws:kms/key:Key";

/** The device of the root volume of AL2023 images. */
const ROOT_DEVICE = "/dev/xvda";

/** Readers of stores by resource type: those that we use, and the others in which AWS keeps state. */
const readers: Readonly<Record<string, (resource: RecordedResource, resources: Resources) => readonly Store[]>> = {
  "aws:eks/cluster:Cluster": readClusterSecrets,
  "aws:eks/nodeGroup:NodeGroup": readNodeDisk,
  "aws:rds/instance:Instance": readInstance,
  "aws:s3/bucket:Bucket": readBucket,
  "kubernetes:storage.k8s.io/v1:StorageClass": readStorageClass,
  "aws:efs/fileSystem:FileSystem": switchedBy("encrypted"),
  "aws:ebs/volume:Volume": switchedBy("encrypted"),
  "aws:rds/cluster:Cluster": switchedBy("storageEncrypted"),
  "aws:elasticache/replicationGroup:ReplicationGroup": switchedBy(
    "atRestEncryptionEnabled",
    "transitEncryptionEnabled",
  ),
  "aws:secretsmanager/secret:Secret": always("kmsKeyId", "data"),
  "aws:ecr/repository:Repository": readRepository,
  "aws:backup/vault:Vault": always("kmsKeyArn", "data"),
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": always("kmsKeyId", "data"),
  "aws:sqs/queue:Queue": always("kmsMasterKeyId", "data"),
  "aws:sns/topic:Topic": always("kmsMasterKeyId", "data"),
  "aws:cloudwatch/logGroup:LogGroup": always("kmsKeyId", "logs"),
};

export const storesOf = (resources: Resources): Store[] =>
  resources.flatMap((resource) => readers[resource.type]?.(resource, resources) ?? []);

/** What encrypts a resource with an input's key: the provider's own where the input is not set. No key leaves its region. */
function keyOf(value: Recorded | undefined, of: RecordedResource, resources: Resources): Key {
  if (value === undefined || value === null) return "provider";
  const [key] = referredTo(value, ofType(resources, KEY));
  if (key) {
    const exists = isEnabled(key) && at(key, "region") === at(of, "region");
    return { name: nameOf(key), exists, rotates: isOn(at(key, "enableKeyRotation")) };
  }
  const named = [...textsOf(value), ...urnsIn(value).map((urn) => urn.split("::").at(-1) ?? urn)].join(", ");
  return { name: named, exists: false, rotates: false };
}

const isEnabled = (key: RecordedResource): boolean => {
  const enabled = at(key, "isEnabled");
  return enabled === undefined || isOn(enabled);
};

/** Stores that are in clear unless a switch is on. */
function switchedBy(atRest: string, inTransit?: string): (resource: RecordedResource, resources: Resources) => Store[] {
  return (resource, resources) => [
    {
      name: nameOf(resource),
      holds: "data",
      key: isOn(at(resource, atRest)) ? keyOf(at(resource, "kmsKeyId"), resource, resources) : undefined,
      ...(inTransit !== undefined && { refusesPlaintext: isOn(at(resource, inTransit)) }),
    },
  ];
}

/** Stores that AWS always encrypts, with its own key unless another is set. */
function always(key: string, holds: Store["holds"]): (resource: RecordedResource, resources: Resources) => Store[] {
  return (resource, resources) => [
    { name: nameOf(resource), holds, key: keyOf(at(resource, key), resource, resources) },
  ];
}

/** EKS encrypts with its own key what our configuration does not cover. */
function readClusterSecrets(cluster: RecordedResource, resources: Resources): Store[] {
  const covered = textsOf(at(cluster, "encryptionConfig.resources")).includes("secrets");
  const key = covered ? keyOf(at(cluster, "encryptionConfig.provider.keyArn"), cluster, resources) : "provider";
  // Who may use the volumes' key could decrypt the cluster's secrets.
  return [{ name: `Secrets of ${nameOf(cluster)}`, holds: "data", key, keyAlone: true }];
}

/** An image's root volume is in clear, unless a launch template says otherwise of its device. */
function readNodeDisk(group: RecordedResource, resources: Resources): Store[] {
  const templates = referredTo(
    at(group, "launchTemplate.id"),
    ofType(resources, "aws:ec2/launchTemplate:LaunchTemplate"),
  );
  const root = templates
    .flatMap((template) => objectsIn(at(template, "blockDeviceMappings")))
    .find((mapping) => mapping["deviceName"] === ROOT_DEVICE);
  const [disk] = objectsIn(root?.["ebs"]);
  const encrypted = disk !== undefined && isOn(disk["encrypted"]);
  return [
    {
      name: `Root volumes of ${nameOf(group)}`,
      holds: "scratch",
      key: encrypted ? keyOf(disk["kmsKeyId"], group, resources) : undefined,
    },
  ];
}

function readInstance(instance: RecordedResource, resources: Resources): Store[] {
  const groups = referredTo(
    at(instance, "parameterGroupName"),
    ofType(resources, "aws:rds/parameterGroup:ParameterGroup"),
  );
  const forced = groups
    .flatMap((group) => objectsIn(at(group, "parameters")))
    .some(({ name, value }) => name === "rds.force_ssl" && isOn(value === "1"));
  return switchedBy("storageEncrypted")(instance, resources).map((store) => ({ ...store, refusesPlaintext: forced }));
}

function readBucket(bucket: RecordedResource, resources: Resources): Store[] {
  const rules = ofType(
    resources,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  )
    .filter((configuration) => referredTo(at(configuration, "bucket"), [bucket]).length > 0)
    .flatMap((configuration) => objectsIn(at(configuration, "rules")))
    .flatMap((rule) => objectsIn(rule["applyServerSideEncryptionByDefault"]));
  const withKey = rules.find(({ sseAlgorithm }) => ["aws:kms", "aws:kms:dsse"].includes(textOf(sseAlgorithm)));
  return [
    {
      name: nameOf(bucket),
      holds: "data",
      // S3 encrypts every object with its own key by default.
      key: withKey ? keyOf(withKey["kmsMasterKeyId"], bucket, resources) : "provider",
      refusesPlaintext: refusesPlaintext(bucket, resources),
    },
  ];
}

/** ECR encrypts with its own key unless a configuration names KMS. */
function readRepository(repository: RecordedResource, resources: Resources): Store[] {
  const [withKey] = objectsIn(at(repository, "encryptionConfigurations")).filter(
    ({ encryptionType }) => encryptionType === "KMS",
  );
  const key = withKey ? keyOf(withKey["kmsKey"], repository, resources) : "provider";
  return [{ name: nameOf(repository), holds: "data", key }];
}

/** Volumes of a file system are encrypted as it is. */
function readStorageClass(storageClass: RecordedResource, resources: Resources): Store[] {
  if (at(storageClass, "provisioner") !== "ebs.csi.aws.com") return [];
  const encrypted = isOn(objectsIn(at(storageClass, "parameters"))[0]?.["encrypted"]);
  return [
    {
      name: nameOf(storageClass),
      holds: "data",
      key: encrypted ? keyOf(at(storageClass, "parameters.kmsKeyId"), storageClass, resources) : undefined,
    },
  ];
}
