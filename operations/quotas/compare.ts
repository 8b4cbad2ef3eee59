import { type AwsQuota, awsQuotas } from "../../platform/catalogue/quotas.ts";
import type { QuotaNeed } from "../../platform/quotas.ts";
import type { Check } from "../doctor.ts";

/** What an account may have of something, and what others than the environment have of it. */
export interface Allowance {
  readonly limit: number;
  readonly others: number;
}

/** An AWS quota by the name in the catalogue; undefined for what has no code there. */
export const awsQuotaOf = (of: QuotaNeed["of"]): AwsQuota | undefined =>
  (awsQuotas as Readonly<Record<string, AwsQuota>>)[of];

export const subjectOf = ({ of, zone }: QuotaNeed): string =>
  [`quota of ${awsQuotaOf(of)?.name ?? of}`, ...(zone === undefined ? [] : [`in ${zone}`])].join(" ");

export const notChecked = (need: QuotaNeed, reason: string): Check => ({
  subject: subjectOf(need),
  verdict: "not checked",
  detail: `${amountOf(need)}; ${reason}`,
});

/** `ask` says how to get a higher limit. */
export function compare(need: QuotaNeed, { limit, others }: Allowance, ask: (limit: number) => string): Check {
  const subject = subjectOf(need);
  const detail = `${amountOf(need)}; others have ${others} of ${limit}`;
  if (others + need.max <= limit) return { subject, verdict: "ok", detail };
  const consequence =
    others + need.min <= limit ? "Nodes up to the pools' maximum would be refused." : "'pulumi up' would fail.";
  return { subject, verdict: "missing", detail: `${detail}. ${consequence} ${ask(others + need.max)}` };
}

function amountOf({ of, min, max }: QuotaNeed): string {
  const amount = min === max ? String(max) : `${min} to ${max}`;
  const unit = awsQuotaOf(of)?.unit;
  return `needs ${unit === undefined ? amount : `${amount} ${unit}`}`;
}
