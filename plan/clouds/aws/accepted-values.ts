import type { AcceptedValue, RequiredInput } from "../accepted-values.ts";

/** RDS' form of a daily window. */
const DAILY = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;
const WEEKLY =
  /^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d$/;
const VOLUME_TYPES = /^(gp2|gp3|io1|io2|st1|sc1|standard)$/;
const LOG_DAYS = /^(0|1|3|5|7|14|30|60|90|120|150|180|365|400|545|731|1096|1827|2192|2557|2922|3288|3653)$/;
const CONFLICTS = /^(NONE|OVERWRITE|PRESERVE)$/;

/**
 * What AWS accepts, of inputs that have few values, as the comments of @pulumi/aws 7.48.0 repeat from the services' API references.
 * Extend a row when AWS accepts more.
 */
export const acceptedValues: readonly AcceptedValue[] = [
  ["aws:acm/certificate:Certificate", "validationMethod", /^DNS$/],
  ["aws:cloudfront/distribution:Distribution", "httpVersion", /^(http1\.1|http2|http3|http2and3)$/],
  ["aws:cloudfront/distribution:Distribution", "priceClass", /^PriceClass_(100|200|All)$/],
  ["aws:cloudfront/distribution:Distribution", "viewerCertificate.sslSupportMethod", /^(sni-only|vip|static-ip)$/],
  ["aws:route53/record:Record", "type", /^(A|AAAA|CNAME|TXT)$/],
  ["aws:wafv2/webAcl:WebAcl", "scope", /^(CLOUDFRONT|REGIONAL)$/],
  ["aws:wafv2/webAcl:WebAcl", "rules.*.statement.rateBasedStatement.evaluationWindowSec", /^(60|120|300|600)$/],
  ["aws:ec2/eip:Eip", "domain", /^vpc$/],
  ["aws:ec2/flowLog:FlowLog", "trafficType", /^(ACCEPT|REJECT|ALL)$/],
  ["aws:ec2/launchTemplate:LaunchTemplate", "blockDeviceMappings.*.ebs.volumeType", VOLUME_TYPES],
  // Nodes get their own credentials there.
  ["aws:ec2/launchTemplate:LaunchTemplate", "metadataOptions.httpEndpoint", /^enabled$/],
  ["aws:ecr/repository:Repository", "encryptionConfigurations.*.encryptionType", /^(AES256|KMS|KMS_DSSE)$/],
  ["aws:ecr/repository:Repository", "imageTagMutability", /^(IM)?MUTABLE(_WITH_EXCLUSION)?$/],
  ["aws:efs/fileSystem:FileSystem", "throughputMode", /^(bursting|provisioned|elastic)$/],
  [
    "aws:ec2/launchTemplate:LaunchTemplate",
    "tagSpecifications.*.resourceType",
    /^(instance|volume|network-interface)$/,
  ],
  ["aws:eks/addon:Addon", "addonVersion", /^v\d+\.\d+\.\d+-eksbuild\.\d+$/],
  ["aws:eks/addon:Addon", "resolveConflictsOnCreate", CONFLICTS],
  ["aws:eks/addon:Addon", "resolveConflictsOnUpdate", CONFLICTS],
  [
    "aws:eks/nodeGroup:NodeGroup",
    "amiType",
    /^(AL2023|BOTTLEROCKET)_(x86_64|ARM_64)_(STANDARD|NVIDIA|NEURON|FIPS)$|^BOTTLEROCKET_(x86_64|ARM_64)$/,
  ],
  ["aws:eks/nodeGroup:NodeGroup", "capacityType", /^(ON_DEMAND|SPOT|CAPACITY_BLOCK)$/],
  ["aws:kms/key:Key", "deletionWindowInDays", /^([7-9]|[12]\d|30)$/],
  ["aws:cloudwatch/logGroup:LogGroup", "retentionInDays", LOG_DAYS],
  // At least an hour more than the hour in which a copy may start.
  ["aws:backup/plan:Plan", "rules.*.completionWindow", /^(1[2-9]\d|[2-9]\d{2}|[1-9]\d{3})$/],
  ["aws:backup/plan:Plan", "rules.*.ruleName", /^[\w.-]{1,50}$/],
  ["aws:backup/plan:Plan", "rules.*.schedule", /^cron\(\S+( \S+){5}\)$/],
  [
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
    "retentionPeriod",
    /^([1-9]|[12]\d|3[0-5])$/,
  ],
  ["aws:rds/instance:Instance", "backupRetentionPeriod", /^([0-9]|[12]\d|3[0-5])$/],
  ["aws:rds/instance:Instance", "backupWindow", DAILY],
  ["aws:rds/instance:Instance", "enabledCloudwatchLogsExports.*", /^(postgresql|upgrade|iam-db-auth-error)$/],
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
  // Parts of an upload that was given up are billed until then, and one that goes on needs days.
  [
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "rules.*.abortIncompleteMultipartUpload.daysAfterInitiation",
    /^([1-9]|[12]\d|30)$/,
  ],
  // A colder class bills at least 90 days, and a backup is kept for a year.
  [
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "rules.*.transitions.*.days",
    /^([3-9]\d|[12]\d\d|3[0-5]\d)$/,
  ],
  ["aws:secretsmanager/secret:Secret", "recoveryWindowInDays", /^(0|[7-9]|[12]\d|30)$/],
  ["kubernetes:storage.k8s.io/v1:StorageClass", "parameters.type", VOLUME_TYPES],
  ["kubernetes:storage.k8s.io/v1:StorageClass", "parameters.iops", /^\d+$/],
  ["kubernetes:storage.k8s.io/v1:StorageClass", "parameters.throughput", /^\d+$/],
  ["kubernetes:storage.k8s.io/v1:StorageClass", "parameters.provisioningMode", /^efs-(ap|dir)$/],
  ["kubernetes:storage.k8s.io/v1:StorageClass", "parameters.directoryPerms", /^[0-7]{3,4}$/],
];

const RENAMED = "it has another name after each replacement, and people and policies know it by one";

/**
 * Inputs that have a default which is not ours, or none that stays the same: what AWS or the provider takes where nothing is said.
 * In a path, `*` is each item of a list.
 */
export const requiredInputs: readonly RequiredInput[] = [
  [
    "aws:ec2/launchTemplate:LaunchTemplate",
    "metadataOptions.httpEndpoint",
    "AWS decides whether nodes have credentials",
  ],
  ["aws:ec2/launchTemplate:LaunchTemplate", "tagSpecifications.*.resourceType", "the tags are of nothing"],
  ["aws:ec2/launchTemplate:LaunchTemplate", "updateDefaultVersion", "the console starts nodes of the first version"],
  ["aws:efs/fileSystem:FileSystem", "throughputMode", "throughput is that of a file system of few gibibytes"],
  ["aws:eks/addon:Addon", "resolveConflictsOnCreate", "an add-on that is there already stops the program"],
  ["aws:eks/addon:Addon", "resolveConflictsOnUpdate", "an update stops at what somebody changed"],
  ["aws:eks/nodeGroup:NodeGroup", "amiType", "the image follows from the first machine type"],
  ["aws:eks/nodeGroup:NodeGroup", "capacityType", "AWS decides whether nodes are taken back"],
  ["aws:cloudfront/distribution:Distribution", "priceClass", "edges of every continent are paid for"],
  ["aws:iam/role:Role", "name", RENAMED],
  ["aws:kms/alias:Alias", "name", RENAMED],
  ["aws:backup/plan:Plan", "name", RENAMED],
  ["aws:backup/selection:Selection", "name", RENAMED],
  [
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "rules.*.transitions.*.storageClass",
    "nothing moves",
  ],
];
