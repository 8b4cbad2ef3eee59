import { cloudwatch } from "@pulumi/aws";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { Keys } from "./keys.ts";

/** An intrusion is noticed weeks later. */
const LOG_DAYS = 30;

/** A group that keeps logs for a month, under our key. AWS' services make groups of their own where there is none, which never expire. */
export const createLogGroup = (
  name: string,
  { called, keys }: { readonly called: string; readonly keys: Keys },
  options: CustomResourceOptions,
): cloudwatch.LogGroup =>
  new cloudwatch.LogGroup(name, { name: called, retentionInDays: LOG_DAYS, kmsKeyId: keys.logs.arn }, options);
