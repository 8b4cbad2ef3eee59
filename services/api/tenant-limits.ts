import type { Client } from "pg";
import { z } from "zod";

const amount = z.int().min(0).nullable();

/** Limits of a tenant as the job that creates tenants is given them; those that are missing stay as they are, and null lifts one. */
export const tenantLimits = z.strictObject({
  softMonthlyTokens: amount.optional(),
  hardMonthlyTokens: amount.optional(),
  softMonthlyMicroUsd: amount.optional(),
  hardMonthlyMicroUsd: amount.optional(),
  maxRunning: z.int().min(1).nullable().optional(),
});
export type TenantLimits = z.output<typeof tenantLimits>;

const columns: Readonly<Record<keyof TenantLimits, string>> = {
  softMonthlyTokens: "soft_monthly_tokens",
  hardMonthlyTokens: "hard_monthly_tokens",
  softMonthlyMicroUsd: "soft_monthly_micro_usd",
  hardMonthlyMicroUsd: "hard_monthly_micro_usd",
  maxRunning: "max_running",
};

/** Sets the limits that are given. */
export async function setLimits(client: Client, tenant: string, limits: TenantLimits): Promise<void> {
  const given = Object.entries(limits) as [keyof TenantLimits, number | null][];
  if (given.length === 0) return;
  const assignments = given.map(([name], index) => `${columns[name]} = $${index + 2}`);
  const values = [tenant, ...given.map(([, value]) => value)];
  await client.query(`UPDATE tenants SET ${assignments.join(", ")} WHERE id = $1`, values);
}
