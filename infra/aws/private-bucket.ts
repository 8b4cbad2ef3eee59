import { s3 } from "@pulumi/aws";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import { policyDocument } from "./policies.ts";

export interface PrivateBucketArgs {
  /** Unique in all of AWS. */
  readonly bucket: string;
  readonly keyArn: Input<string>;
  /** Whether it refuses to be deleted, and stays where it has objects. */
  readonly guarded: boolean;
  /** For how many days a version that was overwritten or deleted can be restored. */
  readonly oldVersionDays: number;
  /** Days after which objects are moved to where they cost less, and can still be read at once. @default - they stay */
  readonly coldAfterDays?: number;
}

/** A bucket that is private, versioned, encrypted with our key, and refuses requests without TLS. */
export function createPrivateBucket(
  name: string,
  { bucket: called, keyArn, guarded, oldVersionDays, coldAfterDays }: PrivateBucketArgs,
  options: CustomResourceOptions,
): s3.Bucket {
  const bucket = new s3.Bucket(
    name,
    { bucket: called, forceDestroy: !guarded },
    { ...options, ...(guarded && { protect: true }) },
  );
  const of = { bucket: bucket.id };
  new s3.BucketPublicAccessBlock(
    name,
    { ...of, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    options,
  );
  const versioning = new s3.BucketVersioning(name, { ...of, versioningConfiguration: { status: "Enabled" } }, options);
  new s3.BucketServerSideEncryptionConfiguration(
    name,
    {
      ...of,
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
          bucketKeyEnabled: true,
        },
      ],
    },
    options,
  );
  new s3.BucketLifecycleConfiguration(
    name,
    {
      ...of,
      rules: [
        {
          id: coldAfterDays === undefined ? "gone-versions" : "cold-then-gone",
          status: "Enabled",
          filter: {},
          ...(coldAfterDays !== undefined && { transitions: [{ days: coldAfterDays, storageClass: "GLACIER_IR" }] }),
          noncurrentVersionExpiration: { noncurrentDays: oldVersionDays },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
      ],
    },
    { ...options, dependsOn: [versioning] },
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
    options,
  );
  return bucket;
}
