import type { AwsQuota } from "../../platform/catalogue/quotas.ts";
import type { AwsEnvironment } from "../../platform/environment.ts";
import type { QuotaNeed } from "../../platform/quotas.ts";
import type { Check, Variables } from "../doctor.ts";
import { type AwsCli, awsCli, reasonOf } from "./aws-cli.ts";
import { awsLimits } from "./aws-limits.ts";
import { awsUsage } from "./aws-usage.ts";
import { awsQuotaOf, compare, notChecked } from "./compare.ts";

/** Compares needs with the quotas of the account, and with what others than this environment have there. */
export async function checkAwsQuotas(
  environment: AwsEnvironment,
  needs: readonly QuotaNeed[],
  variables: Variables,
): Promise<Check[]> {
  const cli = awsCli(environment.region, variables);
  const refused = await refusalOf(cli, environment);
  if (refused !== undefined)
    return [
      { subject: "account of the credentials", verdict: "missing", detail: refused },
      ...needs.map((need) => notChecked(need, "the credentials cannot be used")),
    ];
  const limitOf = awsLimits(cli);
  const othersHave = awsUsage(cli, environment);
  return Promise.all(
    needs.map(async (need) => {
      const quota = awsQuotaOf(need.of);
      if (!quota) return notChecked(need, "platform/catalogue/quotas.ts has no row for it");
      try {
        const [limit, others] = await Promise.all([limitOf(quota), othersHave(need)]);
        return compare(need, { limit, others }, (wanted) => request(quota, wanted, environment));
      } catch (error) {
        return notChecked(need, reasonOf(error));
      }
    }),
  );
}

const request = ({ service, code }: AwsQuota, value: number, { region }: AwsEnvironment): string =>
  `Ask for it: aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${value} --region ${region}`;

/** Why the credentials do not do: they are invalid, or another account's, whose quotas say nothing. */
async function refusalOf(cli: AwsCli, { name, account }: AwsEnvironment): Promise<string | undefined> {
  try {
    const { Account: found } = await cli<{ readonly Account: string }>("sts", "get-caller-identity");
    return found === account
      ? undefined
      : `is ${found}, and Pulumi.${name}.yaml has 'promptops:account' = ${account}. Set AWS_PROFILE to that account's.`;
  } catch (error) {
    return `cannot be read: ${reasonOf(error)}`;
  }
}
