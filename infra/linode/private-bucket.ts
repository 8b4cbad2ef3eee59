import { ObjectStorageBucket, ObjectStorageKey } from "@pulumi/linode";
import { type CustomResourceOptions, interpolate } from "@pulumi/pulumi";
import { CREDENTIALS_KEYS, CREDENTIALS_PROPERTY } from "../../platform/names.ts";
import type { SecretDocument } from "../secrets.ts";

export interface PrivateBucketArgs {
  /** Unique in all of the cloud. */
  readonly bucket: string;
  readonly region: string;
  /** For how many days a version that was overwritten or deleted can be restored. */
  readonly oldVersionDays: number;
}

/**
 * A bucket that is private and versioned. Returns the key that opens this bucket alone: as a file of AWS credentials, and its two
 * parts. `options` are the bucket's; the keys go with their parent.
 */
export function createPrivateBucket(
  name: string,
  { bucket: called, region, oldVersionDays }: PrivateBucketArgs,
  options: CustomResourceOptions,
): SecretDocument {
  const inside = { ...(options.parent && { parent: options.parent }) };
  // Versions and lifecycle are set through the bucket's own S3 API, which wants a key.
  const maker = new ObjectStorageKey(`${name}-maker`, { label: `${called}-maker`, regions: [region] }, inside);
  const bucket = new ObjectStorageBucket(
    name,
    {
      label: called,
      region,
      endpointType: "E1",
      acl: "private",
      corsEnabled: false,
      versioning: true,
      lifecycleRules: [
        {
          id: "gone-versions",
          enabled: true,
          noncurrentVersionExpiration: { days: oldVersionDays },
          abortIncompleteMultipartUploadDays: 7,
        },
      ],
      accessKey: maker.accessKey,
      secretKey: maker.secretKey,
    },
    options,
  );
  const key = new ObjectStorageKey(
    name,
    { label: called, bucketAccesses: [{ bucketName: bucket.label, region, permissions: "read_write" }] },
    inside,
  );
  const file = interpolate`[default]
aws_access_key_id=${key.accessKey}
aws_secret_access_key=${key.secretKey}
`;
  return {
    [CREDENTIALS_PROPERTY]: file,
    [CREDENTIALS_KEYS.access]: key.accessKey,
    [CREDENTIALS_KEYS.secret]: key.secretKey,
  };
}
