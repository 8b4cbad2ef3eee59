import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { LinodeEnvironment } from "../../platform/environment.ts";
import { bucketName } from "../../platform/names.ts";
import { isGuarded, keptWithBackups, OLD_VERSION_DAYS } from "../guards.ts";
import type { SecretDocument } from "../secrets.ts";
import { createPrivateBucket } from "./private-bucket.ts";

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
    this.credentials = createPrivateBucket(
      name,
      { bucket: bucketName(environment, "backups"), region, oldVersionDays: OLD_VERSION_DAYS },
      { parent: this, protect: isGuarded(environment), ...keptWithBackups(environment) },
    );
    this.registerOutputs();
  }
}
