import { fixedInputsOf } from "../../changes/on-change.ts";
import { type DataHolder, type Guard, type Retention, VERSIONS } from "../../model/safety.ts";
import { isObject, type Recorded, type RecordedResource, textOf } from "../../model/recorded.ts";
import { isBeside } from "./database-backups.ts";
import { at, inputsNamed, isOn, nameOf, numberOf, objectsIn, ofType, referredTo, textsOf } from "../inputs.ts";

type Resources = readonly RecordedResource[];

/** What EKS can log of its control plane. */
const CONTROL_PLANE_LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
/** Storage classes of S3 from which an object must be restored for hours before it can be read. */
const ARCHIVES = ["GLACIER", "DEEP_ARCHIVE"];
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
/** Defaults of the AWS API. */
const DAYS_OF_DELETED_SECRET = 30;
const DAYS_OF_DELETED_KEY = 30;

const guards: Readonly<Record<string, (resource: RecordedResource, resources: Resources) => readonly Guard[]>> = {
  "aws:rds/instance:Instance": guardsOfInstance,
  "aws:s3/bucket:Bucket": guardsOfBucket,
  "aws:efs/fileSystem:FileSystem": () => [],
  "aws:ecr/repository:Repository": guardsOfRepository,
  "aws:backup/vault:Vault": (vault) => [
    { what: "forceDestroy off, which keeps it while it has copies", on: !isOn(at(vault, "forceDestroy")) },
  ],
  "aws:eks/cluster:Cluster": guardsOfCluster,
  "aws:ec2/vpc:Vpc": guardsOfNetwork,
  "aws:kms/key:Key": (key) => [{ what: "isEnabled", on: at(key, "isEnabled") !== false, always: true }],
  "aws:secretsmanager/secret:Secret": guardsOfSecret,
  "aws:route53/zone:Zone": (zone) => [
    { what: "forceDestroy off, which keeps it while it has records", on: !isOn(at(zone, "forceDestroy")) },
  ],
  "kubernetes:storage.k8s.io/v1:StorageClass": guardsOfStorageClass,
};

/** A read replica: it can be made again from its source. */
const isCopy = ({ inputs }: RecordedResource): boolean => "replicateSourceDb" in inputs;

/** Their objects are Kubernetes' own, or copies: Pulumi need not refuse to delete them. */
const isExpendable = (resource: RecordedResource, serving: string | undefined): boolean =>
  resource.type.startsWith("kubernetes:") || isCopy(resource) || isBeside(resource, serving);

/** Of the database servers, `serving` is the one that services use. @default - there is only one */
export const holdersOf = (resources: Resources, serving?: string): DataHolder[] =>
  resources.flatMap((resource) => {
    const read = guards[resource.type];
    if (!read) return [];
    return [
      {
        name: nameOf(resource),
        protect: isExpendable(resource, serving) || resource.protect,
        guards: read(resource, resources).filter(({ always }) => always || !isBeside(resource, serving)),
        fixed: inputsNamed(resource, fixedInputsOf(resource.type)),
      },
    ];
  });

function guardsOfInstance(instance: RecordedResource, resources: Resources): Guard[] {
  const copied =
    typeof at(instance, "finalSnapshotIdentifier") === "string" && !isOn(at(instance, "skipFinalSnapshot"));
  return [
    {
      what: "autoMinorVersionUpgrade, which brings security fixes",
      on: isOn(at(instance, "autoMinorVersionUpgrade")),
      always: true,
    },
    {
      what: "copyTagsToSnapshot, by which its snapshots are found",
      on: isOn(at(instance, "copyTagsToSnapshot")),
      always: true,
    },
    {
      what: "logs of the server (enabledCloudwatchLogsExports)",
      on: textsOf(at(instance, "enabledCloudwatchLogsExports")).includes("postgresql"),
      always: true,
    },
    ...textsOf(at(instance, "enabledCloudwatchLogsExports")).map((type) =>
      ownLogGroup(`/aws/rds/instance/${textOf(at(instance, "identifier"))}/${type}`, resources),
    ),
    ...(isCopy(instance)
      ? [
          {
            what: "deletionProtection off, so that it can go when fewer replicas are declared",
            on: !isOn(at(instance, "deletionProtection")),
            always: true as const,
          },
        ]
      : [
          { what: "deletionProtection", on: isOn(at(instance, "deletionProtection")) },
          { what: "a final snapshot", on: copied },
        ]),
  ];
}

/** AWS makes groups that it does not find, without retention and without the customer's key. */
const ownLogGroup = (name: string, resources: Resources): Guard => ({
  what: `a log group '${name}' of its own`,
  on: ofType(resources, LOG_GROUP).some((each) => at(each, "name") === name),
  always: true,
});

function guardsOfBucket(bucket: RecordedResource, resources: Resources): Guard[] {
  const of = (type: string): RecordedResource[] =>
    ofType(resources, type).filter((each) => referredTo(at(each, "bucket"), [bucket]).length > 0);
  const versioned = of("aws:s3/bucketVersioning:BucketVersioning").some(
    (each) => at(each, "versioningConfiguration.status") === "Enabled",
  );
  const rules = rulesOf(of("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"));
  return [
    { what: "forceDestroy off, which keeps it while it has objects", on: !isOn(at(bucket, "forceDestroy")) },
    { what: VERSIONS, on: versioned, always: true },
    {
      what: "a lifecycle rule that expires old versions, or deleted objects are kept and paid for without end",
      on: rules.some(
        ({ status, noncurrentVersionExpiration }) => status === "Enabled" && noncurrentVersionExpiration !== undefined,
      ),
      always: true,
    },
    {
      what: "no lifecycle rule that deletes live objects",
      on: rules.every(({ expiration }) => expiration === undefined),
      always: true,
    },
    {
      what: "no lifecycle rule that moves objects where they cannot be read at once",
      on: !rules
        .flatMap(({ transitions }) => objectsIn(transitions))
        .some(({ storageClass }) => ARCHIVES.includes(textOf(storageClass))),
      always: true,
    },
  ];
}

function guardsOfRepository(repository: RecordedResource, resources: Resources): Guard[] {
  const policies = ofType(resources, "aws:ecr/lifecyclePolicy:LifecyclePolicy").filter(
    (each) => referredTo(at(each, "repository"), [repository]).length > 0,
  );
  return [
    { what: "forceDelete off, which keeps it while it has images", on: !isOn(at(repository, "forceDelete")) },
    {
      what: "imageTagMutability IMMUTABLE, or a tag that runs can be given to another image",
      on: at(repository, "imageTagMutability") === "IMMUTABLE",
      always: true,
    },
    {
      what: "a scan of each image that is pushed",
      on: isOn(at(repository, "imageScanningConfiguration.scanOnPush")),
      always: true,
    },
    {
      what: "a lifecycle policy, or images are kept and paid for without end",
      on: policies.length === 1,
      always: true,
    },
  ];
}

const rulesOf = (configurations: Resources): Readonly<Record<string, Recorded>>[] =>
  configurations.flatMap((each) => objectsIn(at(each, "rules")));

function guardsOfCluster(cluster: RecordedResource, resources: Resources): Guard[] {
  const logged = textsOf(at(cluster, "enabledClusterLogTypes"));
  const group = `/aws/eks/${textOf(at(cluster, "name"))}/cluster`;
  return [
    { what: "deletionProtection", on: isOn(at(cluster, "deletionProtection")) },
    {
      what: `logs of the control plane (${CONTROL_PLANE_LOGS.join(", ")})`,
      on: CONTROL_PLANE_LOGS.every((type) => logged.includes(type)),
      always: true,
    },
    ownLogGroup(group, resources),
  ];
}

function guardsOfNetwork(network: RecordedResource, resources: Resources): Guard[] {
  const flows = ofType(resources, "aws:ec2/flowLog:FlowLog").filter(
    (each) =>
      referredTo(at(each, "vpcId"), [network]).length > 0 &&
      at(each, "trafficType") === "ALL" &&
      referredTo(at(each, "logDestination"), ofType(resources, LOG_GROUP)).length > 0,
  );
  return [{ what: "a log of all flows", on: flows.length > 0, always: true }];
}

const SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion";

const hasValue = (value: Recorded | undefined): boolean =>
  isObject(value) ? Object.keys(value).length > 0 : value !== undefined && value !== null;

/** A value that is made on every run must be kept as it was first made. One that follows from other resources changes with them. */
function guardsOfSecret(secret: RecordedResource, resources: Resources): Guard[] {
  const versions = ofType(resources, SECRET_VERSION).filter(
    (each) => referredTo(at(each, "secretId"), [secret]).length > 0,
  );
  const follows = ({ dependsOn }: RecordedResource): boolean =>
    resources.some(
      ({ urn, type }) => dependsOn.includes(urn) && (type === SECRET_VERSION || type === "aws:rds/instance:Instance"),
    );
  return [
    {
      what: "a value",
      on: versions.length === 1 && versions.every((version) => hasValue(at(version, "secretString"))),
      always: true,
    },
    {
      what: "ignoreChanges of its generated value",
      on: versions.every((version) => follows(version) || version.ignoreChanges.includes("secretString")),
      always: true,
    },
  ];
}

const SNAPSHOT_CLASS = "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass";
/** A class with this label takes the snapshots of backups. */
const FOR_BACKUPS = "velero.io/csi-volumesnapshot-class";

/** EFS has no snapshots of volumes. */
function guardsOfStorageClass(storageClass: RecordedResource, resources: Resources): Guard[] {
  const driver = at(storageClass, "provisioner");
  const snapshots = ofType(resources, SNAPSHOT_CLASS).filter(
    (each) =>
      at(each, "driver") === driver &&
      at(each, "deletionPolicy") === "Retain" &&
      objectsIn(at(each, "metadata"))
        .flatMap(({ labels }) => objectsIn(labels))
        .some((labels) => labels[FOR_BACKUPS] === "true"),
  );
  return [
    { what: "reclaimPolicy Retain", on: at(storageClass, "reclaimPolicy") === "Retain" },
    { what: "allowVolumeExpansion", on: isOn(at(storageClass, "allowVolumeExpansion")), always: true },
    ...(driver === "ebs.csi.aws.com"
      ? [
          {
            what: "a VolumeSnapshotClass for backups that retains snapshots",
            on: snapshots.length > 0,
            always: true as const,
          },
        ]
      : []),
  ];
}

/** How often RDS stores the log: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html (2026-11-28). */
const MINUTES_BETWEEN_LOGS = 5;

export function retentionsOf(resources: Resources): Retention[] {
  const days = (resource: RecordedResource, path: string, unset: number): number =>
    numberOf(at(resource, path)) ?? unset;
  return resources.flatMap((resource): Retention[] => {
    const name = nameOf(resource);
    switch (resource.type) {
      case "aws:rds/instance:Instance":
        if (isCopy(resource)) return [];
        return [
          {
            name,
            of: "point-in-time recovery",
            days: days(resource, "backupRetentionPeriod", 0),
            lossMinutes: MINUTES_BETWEEN_LOGS,
          },
        ];
      case "aws:secretsmanager/secret:Secret":
        return [{ name, of: "deleted secrets", days: days(resource, "recoveryWindowInDays", DAYS_OF_DELETED_SECRET) }];
      case "aws:kms/key:Key":
        return [{ name, of: "deleted keys", days: days(resource, "deletionWindowInDays", DAYS_OF_DELETED_KEY) }];
      case LOG_GROUP:
        return [{ name, of: "logs", days: days(resource, "retentionInDays", 0) || Infinity }];
      case "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration":
        return rulesOf([resource])
          .flatMap(({ noncurrentVersionExpiration }) => objectsIn(noncurrentVersionExpiration))
          .map(({ noncurrentDays }) => ({ name, of: "old versions", days: numberOf(noncurrentDays) ?? 0 }));
      default:
        return [];
    }
  });
}
