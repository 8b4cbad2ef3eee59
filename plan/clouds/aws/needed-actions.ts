import { awsManagedPolicies } from "../../../platform/catalogue/aws-managed-policies.ts";
import type { DeclaredCloud } from "../../model/declared.ts";
import { type Recorded, type RecordedResource, textOf } from "../../model/recorded.ts";
import { at, objectsIn, ofType, referredTo, textsOf } from "../recorded-values.ts";
import type { Request } from "./iam.ts";

type Resources = readonly RecordedResource[];

/** A request that must be allowed. */
export type Need = Request;

export interface Needs {
  readonly needs: readonly Need[];
  /** Policies of AWS that may be attached. */
  readonly managed: readonly string[];
}

const KEY = "aws:kms/key:Key";

/** What rights by name come to, on the resources of the plan. A name without a row is a policy of AWS. */
const rows: Readonly<Record<string, (resources: Resources, declared: DeclaredCloud) => readonly Need[]>> = {
  // https://external-secrets.io/latest/provider/aws-secrets-manager/#iam-policy. Recorded 2026-11-28.
  "read-secrets": (resources, declared) =>
    ofType(resources, "aws:secretsmanager/secret:Secret").flatMap((secret) => [
      ...["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"].map((action) => ({
        action,
        resource: `arn:aws:secretsmanager:${place(declared)}:secret:${textOf(at(secret, "name"))}-AbCdEf`,
      })),
      ...useKey(at(secret, "kmsKeyId"), ["kms:Decrypt"], { resources, declared }),
    ]),
  // https://github.com/vmware-tanzu/velero-plugin-for-aws, "Set permissions". Recorded 2026-11-28.
  "write-backups": writeBackups,
  // https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/install.md, "Encryption". Recorded 2026-11-28.
  "encrypt-volumes": (resources, declared) =>
    ofType(resources, "kubernetes:storage.k8s.io/v1:StorageClass")
      .map((each) => at(each, "parameters.kmsKeyId"))
      .flatMap((key) =>
        useKey(
          key,
          [
            "kms:CreateGrant",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
          ],
          { resources, declared },
        ),
      ),
  // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html. Recorded 2026-11-28.
  "write-flow-logs": (resources, declared) =>
    ofType(resources, "aws:ec2/flowLog:FlowLog")
      .flatMap((log) => referredTo(at(log, "logDestination"), ofType(resources, "aws:cloudwatch/logGroup:LogGroup")))
      .flatMap((group) =>
        ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"].map((action) => ({
          action,
          resource: `arn:aws:logs:${place(declared)}:log-group:${textOf(at(group, "name"))}:log-stream:eni-1`,
        })),
      ),
};

export function needsOf(may: readonly string[], resources: Resources, declared: DeclaredCloud): Needs {
  const managed = may.filter((name) => !(name in rows));
  return {
    managed,
    needs: [
      ...may.flatMap((name) => rows[name]?.(resources, declared) ?? []),
      ...managed.flatMap((name) => (awsManagedPolicies[name] ?? []).map((action) => ({ action, resource: "*" }))),
    ],
  };
}

export const place = ({ region = "", account = "" }: DeclaredCloud): string => `${region}:${account}`;

/** Requests to the key that encrypts something; none where the provider's does. */
function useKey(
  value: Recorded | undefined,
  actions: readonly string[],
  { resources, declared }: { readonly resources: Resources; readonly declared: DeclaredCloud },
): Need[] {
  return referredTo(value, ofType(resources, KEY)).flatMap((key) => {
    const aliases = ofType(resources, "aws:kms/alias:Alias")
      .filter((alias) => referredTo(at(alias, "targetKeyId"), [key]).length > 0)
      .flatMap((alias) => textsOf(at(alias, "name")));
    return actions.map((action) => ({
      action,
      resource: `arn:aws:kms:${place(declared)}:key/${key.name}`,
      context: { "kms:resourcealiases": aliases, "kms:grantisforawsresource": ["true"] },
    }));
  });
}

function writeBackups(resources: Resources, declared: DeclaredCloud): Need[] {
  const arn = `arn:aws:s3:::${declared.backups ?? ""}`;
  const keys = ofType(resources, "aws:s3/bucket:Bucket")
    .filter((bucket) => at(bucket, "bucket") === declared.backups)
    .flatMap((bucket) =>
      ofType(
        resources,
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      ).filter((each) => referredTo(at(each, "bucket"), [bucket]).length > 0),
    )
    .flatMap((each) => objectsIn(at(each, "rules")))
    .flatMap((rule) => objectsIn(rule["applyServerSideEncryptionByDefault"]));
  return [
    ...["s3:ListBucket", "s3:ListBucketMultipartUploads"].map((action) => ({ action, resource: arn })),
    ...[
      "s3:GetObject",
      "s3:PutObject",
      "s3:DeleteObject",
      "s3:AbortMultipartUpload",
      "s3:ListMultipartUploadParts",
    ].map((action) => ({ action, resource: `${arn}/backups/a/a.tar.gz` })),
    ...keys.flatMap(({ kmsMasterKeyId }) =>
      useKey(kmsMasterKeyId, ["kms:Decrypt", "kms:GenerateDataKey"], { resources, declared }),
    ),
  ];
}
