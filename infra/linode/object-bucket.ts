import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { LinodeEnvironment } from "../../platform/environment.ts";
import { bucketName } from "../../platform/names.ts";
import { isGuarded, keptWithBackups, OLD_VERSION_DAYS } from "../guards.ts";
import type { SecretDocument } from "../secrets.ts";
import { createPrivateBucket } from "./private-bucket.ts";

export interface ObjectBucketArgs {
  readonly environment: LinodeEnvironment;
  readonly region: string;
}

/**
 * The bucket of the services' objects: private and versioned, with a key that opens this bucket alone. It is kept with the backups, which
 * have no copy of what is in it.
 */
export class ObjectBucket extends ComponentResource {
  /** That key: as a file of AWS credentials, and its two parts. */
  readonly credentials: SecretDocument;

  constructor(name: string, { environment, region }: ObjectBucketArgs, options: ComponentResourceOptions) {
    super("promptops:linode:ObjectBucket", name, {}, options);
    this.credentials = createPrivateBucket(
      name,
      { bucket: bucketName(environment, "objects"), region, oldVersionDays: OLD_VERSION_DAYS },
      { parent: this, protect: isGuarded(environment), ...keptWithBackups(environment) },
    );
    this.registerOutputs();
  }
}
