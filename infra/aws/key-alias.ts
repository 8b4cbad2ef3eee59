import type { AwsEnvironment } from "../../platform/environment.ts";
import { clusterName } from "../../platform/names.ts";

/** What a key of an environment is for. */
export type KeyPurpose = "cluster" | "data" | "logs";

export const keyAlias = (environment: AwsEnvironment, purpose: KeyPurpose): string =>
  `alias/${clusterName(environment)}-${purpose}`;
