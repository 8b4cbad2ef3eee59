import { s3 } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { bucketName } from "../../platform/names.ts";
import { isGuarded, keptWithBackups } from "../guards.ts";
import type { Keys } from "./keys.ts";
import { policyDocument } from "./policies.ts";

const DAYS_UNTIL_COLD = 90;
/** Expired backups are deleted; a deleted version can be restored for so many days. */
const DAYS_OF_OLD_VERSIONS = 30;

export interface BackupBucketArgs {
  readonly environment: AwsEnvironment;
  readonly keys: Keys;
}

/** The bucket for backups: private, versioned, encrypted with our key, over TLS alone, cold after 90 days. */
export class BackupBucket extends ComponentResource {
  constructor(name: string, { environment, keys }: BackupBucketArgs, options: ComponentResourceOptions) {
    super("promptops:aws:BackupBucket", name, {}, options);
    const kept = { parent: this, ...keptWithBackups(environment) };
    const guarded = isGuarded(environment);
    const called = bucketName(environment, "backups");
    const bucket = new s3.Bucket(name, { bucket: called, forceDestroy: !guarded }, { ...kept, protect: guarded });
    const of = { bucket: bucket.id };
    new s3.BucketPublicAccessBlock(
      name,
      { ...of, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      kept,
    );
    const versioning = new s3.BucketVersioning(name, { ...of, versioningConfiguration: { status: "Enabled" } }, kept);
    new s3.BucketServerSideEncryptionConfiguration(
      name,
      {
        ...of,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keys.data.arn },
            bucketKeyEnabled: true,
          },
        ],
      },
      kept,
    );
    new s3.BucketLifecycleConfiguration(
      name,
      {
        ...of,
        rules: [
          {
            id: "cold-then-gone",
            status: "Enabled",
            filter: {},
            transitions: [{ days: DAYS_UNTIL_COLD, storageClass: "GLACIER_IR" }],
            noncurrentVersionExpiration: { noncurrentDays: DAYS_OF_OLD_VERSIONS },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      { ...kept, dependsOn: [versioning] },
    );
    new s3.BucketPolicy(
      name,
      {
        ...of,
        policy: policyDocument({
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [`arn:aws:s3:::${called}`, `arn:aws:s3:::${called}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
      },
      kept,
    );
    this.registerOutputs();
  }
}
