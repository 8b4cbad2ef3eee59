import type { Environment } from "../../platform/environment.ts";
import type { QuotaNeed } from "../../platform/quotas.ts";
import { type Check, missingCredentials, type Variables } from "../doctor.ts";
import { checkAwsQuotas } from "./aws.ts";
import { notChecked } from "./compare.ts";
import { checkLinodeLimits } from "./linode.ts";

/**
 * Compares what an environment needs with what its account may have and already has. Reads the cloud, and changes nothing there.
 * What cannot be read is named as not checked.
 */
export async function checkQuotas(
  environment: Environment,
  needs: readonly QuotaNeed[],
  variables: Variables = process.env,
): Promise<readonly Check[]> {
  const add = missingCredentials(environment.cloud, variables);
  if (add !== undefined) return needs.map((need) => notChecked(need, `there are no credentials. ${add}`));
  if (environment.cloud === "aws") return checkAwsQuotas(environment, needs, variables);
  if (environment.cloud === "linode") return checkLinodeLimits(environment, needs, variables);
  return [];
}
