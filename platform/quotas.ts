import type { AwsQuotaName } from "./catalogue/quotas.ts";

/** What an environment takes of a limit that its cloud sets. */
export interface QuotaNeed {
  readonly of: AwsQuotaName | LinodeLimit;
  /** @default - the limit is the region's */
  readonly zone?: string;
  /** What `pulumi up` creates. */
  readonly min: number;
  /** With every pool at its maximum. */
  readonly max: number;
}

/** Limits of Linode have no codes: Linodes of the account, a plan that a region may lack, and buckets of an endpoint. */
export type LinodeLimit = `plan ${string}` | "buckets" | "Linodes";
