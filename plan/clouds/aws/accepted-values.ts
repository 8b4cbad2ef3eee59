import { isObject, type Recorded, type RecordedResource } from "../../model/recorded.ts";
import { nameOf } from "../recorded-values.ts";

/** RDS' form of a daily window. */
const DAILY = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;
const WEEKLY =
  /^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d$/;
const VOLUME_TYPES = /^(gp2|gp3|io1|io2|st1|sc1|standard)$/;
const CONFLICTS = /^(NONE|OVERWRITE|PRESERVE)$/;

/**
 * Texts that AWS accepts, by type and path; `*` is each item of a list. Only inputs that have few. Source: the API references of
 * the services, as @pulumi/aws repeats them. Recorded 2026-11-28.
 */
const accepted: readonly (readonly [type: string, path: string, form: RegExp])[] = [
  ["aws:ec2/eip:Eip", "domain", /^vpc$/],
  ["aws:ec2/flowLog:FlowLog", "trafficType", /^(ACCEPT|REJECT|ALL)$/],
  ["aws:ec2/launchTemplate:LaunchTemplate", "blockDeviceMappings.*.ebs.volumeType", VOLUME_TYPES],
  // Nodes get their own credentials there.
  ["aws:ec2/launchTemplate:LaunchTemplate", "metadataOptions.httpEndpoint", /^enabled$/],
  ["aws:efs/fileSystem:FileSystem", "throughputMode", /^(bursting|provisioned|elastic)$/],
  ["aws:eks/addon:Addon", "resolveConflictsOnCreate", CONFLICTS],
  ["aws:eks/addon:Addon", "resolveConflictsOnUpdate", CONFLICTS],
  [
    "aws:eks/nodeGroup:NodeGroup",
    "amiType",
    /^(AL2023|BOTTLEROCKET)_(x86_64|ARM_64)_(STANDARD|NVIDIA|NEURON|FIPS)$|^BOTTLEROCKET_(x86_64|ARM_64)$/,
  ],
  ["aws:eks/nodeGroup:NodeGroup", "capacityType", /^(ON_DEMAND|SPOT|CAPACITY_BLOCK)$/],
  ["aws:rds/instance:Instance", "backupWindow", DAILY],
  ["aws:rds/instance:Instance", "maintenanceWindow", WEEKLY],
  ["aws:rds/instance:Instance", "storageType", VOLUME_TYPES],
  ["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "rules.*.status", /^(Enabled|Disabled)$/],
  [
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "rules.*.transitions.*.storageClass",
    /^(GLACIER|STANDARD_IA|ONEZONE_IA|INTELLIGENT_TIERING|DEEP_ARCHIVE|GLACIER_IR)$/,
  ],
  [
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "rules.*.applyServerSideEncryptionByDefault.sseAlgorithm",
    /^(AES256|aws:kms|aws:kms:dsse)$/,
  ],
  ["kubernetes:storage.k8s.io/v1:StorageClass", "parameters.type", VOLUME_TYPES],
  ["kubernetes:storage.k8s.io/v1:StorageClass", "parameters.iops", /^\d+$/],
  ["kubernetes:storage.k8s.io/v1:StorageClass", "parameters.throughput", /^\d+$/],
  ["kubernetes:storage.k8s.io/v1:StorageClass", "parameters.provisioningMode", /^efs-(ap|dir)$/],
  ["kubernetes:storage.k8s.io/v1:StorageClass", "parameters.directoryPerms", /^[0-7]{3,4}$/],
];

/** Texts that AWS refuses. */
export const refusedValues = (resource: RecordedResource): string[] =>
  accepted
    .filter(([type]) => type === resource.type)
    .flatMap(([, path, form]) =>
      valuesAt(resource.inputs, path.split("."))
        .filter((value) => typeof value === "string" && !form.test(value))
        .map(
          (value) =>
            `${nameOf(resource)}: ${path} is '${String(value)}', which AWS refuses. Write one of ${form.source}.`,
        ),
    );

function valuesAt(value: Recorded | undefined, [key, ...rest]: readonly string[]): Recorded[] {
  if (value === undefined) return [];
  if (key === undefined) return [value];
  if (key === "*")
    return Array.isArray(value) ? (value as readonly Recorded[]).flatMap((item) => valuesAt(item, rest)) : [];
  return isObject(value) ? valuesAt(value[key], rest) : [];
}
