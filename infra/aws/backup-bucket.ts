import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { bucketName } from "../../platform/names.ts";
import { isGuarded, keptWithBackups, OLD_VERSION_DAYS } from "../guards.ts";
import type { Keys } from "./keys.ts";
import { createPrivateBucket } from "./private-bucket.ts";

const DAYS_UNTIL_COLD = 90;
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
        oldVersionDays: OLD_VERSION_DAYS,
        coldAfterDays: DAYS_UNTIL_COLD,
      },
      { parent: this, ...keptWithBackups(environment) },
    );
    this.registerOutputs();
  }
}
