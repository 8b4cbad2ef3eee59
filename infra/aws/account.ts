import type { AwsEnvironment } from "../../platform/environment.ts";

/** Where resources go. Both are declared in the environment's file, so that ARNs can be written before anything exists. */
export interface Account {
  readonly id: string;
  readonly region: string;
}

export const accountOf = ({ account, region }: AwsEnvironment): Account => ({ id: account, region });
