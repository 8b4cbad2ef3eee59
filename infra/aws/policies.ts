import type { AwsEnvironment } from "../../platform/environment.ts";
import {
  bucketName,
  type BucketPurpose,
  clusterName,
  servingDatabase,
  type ServiceAccountName,
} from "../../platform/names.ts";
import type { Account } from "./account.ts";
import { keyAlias } from "./key-alias.ts";

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

export function policyDocument(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Lets an AWS service assume a role, under conditions that keep it from doing so on behalf of another account. */
export function trust(service: string, condition?: Statement["Condition"]): string {
  const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } } as const;
  return policyDocument({ ...statement, ...(condition && { Condition: condition }) });
}

/**
 * A service acts for resources of this account alone. EKS accepts the condition for the role of a cluster:
 * https://docs.aws.amazon.com/eks/latest/userguide/cross-service-confused-deputy-prevention.html. Read 2026-11-28.
 */
export const forAccount = ({ id }: Account): NonNullable<Statement["Condition"]> => ({
  StringEquals: { "aws:SourceAccount": id },
});

/**
 * EKS Pod Identity tags the session with the pod's ServiceAccount, and only that one may assume the role:
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html, "Setting Conditions". Read 2026-11-28.
 */
export function trustPods(cluster: string, { namespace, name }: ServiceAccountName): string {
  return policyDocument({
    Effect: "Allow",
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Principal: { Service: "pods.eks.amazonaws.com" },
    Condition: {
      StringEquals: {
        "aws:RequestTag/eks-cluster-name": cluster,
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": name,
      },
    },
  });
}

/** Names the data key by its alias: its ARN exists only once the key does. */
function useDataKey(environment: AwsEnvironment, account: Account, actions: readonly string[]): Statement {
  return {
    Effect: "Allow",
    Action: actions,
    Resource: `arn:aws:kms:${account.region}:${account.id}:key/*`,
    Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": keyAlias(environment, "data") } },
  };
}

/** External Secrets reads what is under the environment's own prefix, and nothing else. */
export function readSecrets(environment: AwsEnvironment, account: Account): string {
  const prefix = `arn:aws:secretsmanager:${account.region}:${account.id}:secret:${clusterName(environment)}/*`;
  return policyDocument(
    { Effect: "Allow", Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], Resource: prefix },
    useDataKey(environment, account, ["kms:Decrypt"]),
  );
}

/** Reads and writes the backup bucket. Volume snapshots are taken by the CSI driver, with its own rights. */
export const writeBackups = (environment: AwsEnvironment, account: Account): string =>
  useBucket(environment, account, {
    purpose: "backups",
    onBucket: ["s3:ListBucket", "s3:ListBucketMultipartUploads"],
    onObject: [
      "s3:GetObject",
      "s3:PutObject",
      "s3:DeleteObject",
      "s3:AbortMultipartUpload",
      "s3:ListMultipartUploadParts",
    ],
  });

/** Reads and writes the bucket of objects. A signed request has the rights of who signed it. */
export const useObjects = (environment: AwsEnvironment, account: Account): string =>
  useBucket(environment, account, {
    purpose: "objects",
    onBucket: ["s3:ListBucket"],
    onObject: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
  });

interface BucketUse {
  readonly purpose: BucketPurpose;
  readonly onBucket: readonly string[];
  readonly onObject: readonly string[];
}

function useBucket(environment: AwsEnvironment, account: Account, { purpose, onBucket, onObject }: BucketUse): string {
  const bucket = `arn:aws:s3:::${bucketName(environment, purpose)}`;
  return policyDocument(
    { Effect: "Allow", Action: onBucket, Resource: bucket },
    { Effect: "Allow", Action: onObject, Resource: `${bucket}/*` },
    useDataKey(environment, account, ["kms:Decrypt", "kms:GenerateDataKey"]),
  );
}

/**
 * Copies the one server into the one vault, and deletes what expired: AWS Backup begins the names of its snapshots with `awsbackup:`.
 * Snapshots of an encrypted server need grants on its key.
 */
export function copyDatabase(environment: AwsEnvironment, account: Account): string {
  const inRds = `arn:aws:rds:${account.region}:${account.id}`;
  const called = clusterName(environment);
  const server = `${inRds}:db:${servingDatabase(environment)}`;
  const snapshots = `${inRds}:snapshot:awsbackup:*`;
  return policyDocument(
    // IAM knows no resource for it.
    { Effect: "Allow", Action: "tag:GetResources", Resource: "*" },
    { Effect: "Allow", Action: ["rds:DescribeDBInstances", "rds:ListTagsForResource"], Resource: server },
    { Effect: "Allow", Action: "rds:CreateDBSnapshot", Resource: [server, snapshots] },
    {
      Effect: "Allow",
      Action: ["rds:AddTagsToResource", "rds:DescribeDBSnapshots", "rds:DeleteDBSnapshot"],
      Resource: snapshots,
    },
    {
      Effect: "Allow",
      Action: "backup:DescribeBackupVault",
      Resource: `arn:aws:backup:${account.region}:${account.id}:backup-vault:${called}`,
    },
    ...grantOnDataKey(environment, account, ["kms:DescribeKey"]),
  );
}

/** What the EBS CSI driver needs beyond its managed policy to attach volumes encrypted with our key. */
export function encryptVolumes(environment: AwsEnvironment, account: Account): string {
  return policyDocument(
    ...grantOnDataKey(environment, account, [
      "kms:Decrypt",
      "kms:GenerateDataKeyWithoutPlaintext",
      "kms:ReEncrypt*",
      "kms:DescribeKey",
    ]),
  );
}

/** Some use of the data key, and grants on it to services of AWS alone. */
function grantOnDataKey(environment: AwsEnvironment, account: Account, actions: readonly string[]): Statement[] {
  return [
    useDataKey(environment, account, actions),
    {
      ...useDataKey(environment, account, ["kms:CreateGrant"]),
      Condition: {
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": keyAlias(environment, "data") },
        Bool: { "kms:GrantIsForAWSResource": "true" },
      },
    },
  ];
}
