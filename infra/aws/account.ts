import type { Environment } from "../../platform/environment.ts";

/** Where resources go. Both are declared in the environment's file, so that ARNs can be written before anything exists. */
export interface Account {
  readonly id: string;
  readonly region: string;
}

export function accountOf({ account, region }: Environment): Account {
  if (account === undefined || region === undefined)
    throw new Error("On aws an environment has 'account' and 'region'.");
  return { id: account, region };
}
