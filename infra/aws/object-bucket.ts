import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { bucketName } from "../../platform/names.ts";
import { isGuarded, keptWithBackups, OLD_VERSION_DAYS } from "../guards.ts";
import type { Keys } from "./keys.ts";
import { createPrivateBucket } from "./private-bucket.ts";

export interface ObjectBucketArgs {
  readonly environment: AwsEnvironment;
  readonly keys: Keys;
}

/**
 * The bucket of the services' objects: private, versioned, encrypted with our key, over TLS alone. It is kept with the backups, which have
 * no copy of what is in it.
 */
export class ObjectBucket extends ComponentResource {
  constructor(name: string, { environment, keys }: ObjectBucketArgs, options: ComponentResourceOptions) {
    super("promptops:aws:ObjectBucket", name, {}, options);
    createPrivateBucket(
      name,
      {
        bucket: bucketName(environment, "objects"),
        keyArn: keys.data.arn,
        guarded: isGuarded(environment),
        oldVersionDays: OLD_VERSION_DAYS,
      },
      { parent: this, ...keptWithBackups(environment) },
    );
    this.registerOutputs();
  }
}
