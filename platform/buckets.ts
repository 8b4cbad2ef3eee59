import { factsOf } from "./clouds.ts";
import type { Environment } from "./environment.ts";
import { bucketName, type BucketPurpose, objectStorageHost } from "./names.ts";

/** A bucket that speaks S3. */
export interface Bucket {
  readonly name: string;
  readonly region: string;
  /** @default - Amazon's own, for the region */
  readonly endpoint?: string;
}

/** The bucket of an environment for a purpose; undefined where there is no object storage. */
export function bucketOf(environment: Environment, purpose: BucketPurpose): Bucket | undefined {
  const { objectStorage } = factsOf(environment);
  if (objectStorage === false || !("region" in environment)) return undefined;
  const { region } = environment;
  const bucket = { name: bucketName(environment, purpose), region };
  return objectStorage === "by-identity" ? bucket : { ...bucket, endpoint: `https://${objectStorageHost(region)}` };
}
