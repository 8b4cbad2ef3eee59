import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { bucketName } from "../../platform/names.ts";
import { isGuarded, keptWithBackups } from "../guards.ts";
import type { Keys } from "./keys.ts";
import { createPrivateBucket } from "./private-bucket.ts";

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
    createPrivateBucket(
      name,
      {
        bucket: bucketName(environment, "backups"),
        keyArn: keys.data.arn,
        guarded: isGuarded(environment),
        oldVersionDays: DAYS_OF_OLD_VERSIONS,
        coldAfterDays: DAYS_UNTIL_COLD,
      },
      { parent: this, ...keptWithBackups(environment) },
    );
    this.registerOutputs();
  }
}
