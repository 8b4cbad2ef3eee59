import type { AwsQuota } from "../../platform/catalogue/quotas.ts";
import type { AwsCli } from "./aws-cli.ts";

interface Listed {
  readonly Quotas: readonly { readonly QuotaCode: string; readonly Value: number }[];
}

/** Reads the value of quotas from Service Quotas: the account's own, or AWS' default if it never had another. */
export function awsLimits(cli: AwsCli): (quota: AwsQuota) => Promise<number> {
  const listed = new Map<string, Promise<Listed>>();
  const list = (operation: string, service: string): Promise<Listed> => {
    const key = `${operation} ${service}`;
    const answer = listed.get(key) ?? cli<Listed>("service-quotas", operation, "--service-code", service);
    listed.set(key, answer);
    return answer;
  };
  return async ({ service, code, name }) => {
    for (const operation of ["list-service-quotas", "list-aws-default-service-quotas"]) {
      const { Quotas } = await list(operation, service);
      const found = Quotas.find(({ QuotaCode }) => QuotaCode === code);
      if (found) return found.Value;
    }
    throw new Error(`Service Quotas has no quota ${code} (${name}) of '${service}' in this region`);
  };
}
