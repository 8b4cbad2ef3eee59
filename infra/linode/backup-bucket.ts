import { ObjectStorageBucket, ObjectStorageKey } from "@pulumi/linode";
import { ComponentResource, type ComponentResourceOptions, interpolate } from "@pulumi/pulumi";
import type { LinodeEnvironment } from "../../platform/environment.ts";
import { bucketName, CREDENTIALS_KEYS, CREDENTIALS_PROPERTY } from "../../platform/names.ts";
import { isGuarded, keptWithBackups } from "../guards.ts";
import type { SecretDocument } from "../secrets.ts";

/** Expired backups are deleted; a deleted version can be restored for so many days. */
const DAYS_OF_OLD_VERSIONS = 30;

export interface BackupBucketArgs {
  readonly environment: LinodeEnvironment;
  readonly region: string;
}

/** The bucket for backups: private and versioned, with a key that opens this bucket alone. */
export class BackupBucket extends ComponentResource {
  /** That key: as a file of AWS credentials, and its two parts. */
  readonly credentials: SecretDocument;

  constructor(name: string, { environment, region }: BackupBucketArgs, options: ComponentResourceOptions) {
    super("promptops:linode:BackupBucket", name, {}, options);
    const inside = { parent: this };
    const called = bucketName(environment, "backups");
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
            noncurrentVersionExpiration: { days: DAYS_OF_OLD_VERSIONS },
            abortIncompleteMultipartUploadDays: 7,
          },
        ],
        accessKey: maker.accessKey,
        secretKey: maker.secretKey,
      },
      { ...inside, protect: isGuarded(environment), ...keptWithBackups(environment) },
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
    this.credentials = {
      [CREDENTIALS_PROPERTY]: file,
      [CREDENTIALS_KEYS.access]: key.accessKey,
      [CREDENTIALS_KEYS.secret]: key.secretKey,
    };
    this.registerOutputs();
  }
}
