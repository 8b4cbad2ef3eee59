import type { ClientBase } from "pg";
import { z } from "zod";
import { MAX_OBJECT_BYTES } from "./file-schema.ts";

/** The largest integer of Postgres. */
const MAX_INTEGER = 2_147_483_647;
const amount = z.int().min(0).nullable();

/** Limits of a tenant as the job that creates tenants is given them; those that are missing stay as they are, and null lifts one. */
export const tenantLimits = z.strictObject({
  softMonthlyTokens: amount.optional(),
  hardMonthlyTokens: amount.optional(),
  softMonthlyMicroUsd: amount.optional(),
  hardMonthlyMicroUsd: amount.optional(),
  maxRunning: z.int().min(1).max(MAX_INTEGER).nullable().optional(),
});
export type TenantLimits = z.output<typeof tenantLimits>;

/** Limits as operators set them over the API: also what a tenant may have waiting or running, its files, and its share of the workers. */
export const operatorLimits = tenantLimits
  .extend({
    maxExecutions: z.int().min(1).max(MAX_INTEGER).optional().describe("Maximum number of unfinished executions."),
    maxBytes: z.int().min(1).optional().describe("Maximum size of the prompts of unfinished executions, in bytes."),
    maxFiles: z.int().min(0).max(MAX_INTEGER).optional().describe("Maximum number of files."),
    maxFileBytes: z.int().min(1).max(MAX_OBJECT_BYTES).optional().describe("Maximum size of a file, in bytes."),
    maxStoredBytes: z.int().min(0).optional().describe("Maximum size of all files together, in bytes."),
    weight: z
      .number()
      .positive()
      .max(1_000_000)
      .optional()
      .describe("Executions that start for each execution of a tenant with weight 1."),
  })
  .meta({ id: "NewTenantLimits", examples: [{ hardMonthlyTokens: 10_000_000, hardMonthlyMicroUsd: null, weight: 2 }] });
type OperatorLimits = z.output<typeof operatorLimits>;

/** The limits of a tenant, all of them. */
export const allLimits = z.object({
  softMonthlyTokens: amount,
  hardMonthlyTokens: amount,
  softMonthlyMicroUsd: amount,
  hardMonthlyMicroUsd: amount,
  maxRunning: z.int().nullable(),
  maxExecutions: z.int(),
  maxBytes: z.int(),
  maxFiles: z.int(),
  maxFileBytes: z.int(),
  maxStoredBytes: z.int(),
  weight: z.number(),
});

const columns: Readonly<Record<keyof OperatorLimits, string>> = {
  softMonthlyTokens: "soft_monthly_tokens",
  hardMonthlyTokens: "hard_monthly_tokens",
  softMonthlyMicroUsd: "soft_monthly_micro_usd",
  hardMonthlyMicroUsd: "hard_monthly_micro_usd",
  maxRunning: "max_running",
  maxExecutions: "most_executions",
  maxBytes: "max_bytes",
  maxFiles: "max_files",
  maxFileBytes: "max_file_bytes",
  maxStoredBytes: "max_stored_bytes",
  weight: "weight",
};

/** The limits of a row of `tenants` as one JSON object. */
export const LIMITS = `json_build_object(${Object.entries(columns)
  .map(([name, column]) => `'${name}', ${column}`)
  .join(", ")})`;

/** Sets the limits that are given. Returns whether there is such a tenant. */
export async function setLimits(client: ClientBase, tenant: string, limits: OperatorLimits): Promise<boolean> {
  const given = Object.entries(limits) as [keyof OperatorLimits, number | null][];
  const assignments = given.map(([name], index) => `${columns[name]} = $${index + 2}`);
  const values = [tenant, ...given.map(([, value]) => value)];
  const { rowCount } =
    given.length === 0
      ? await client.query("SELECT FROM tenants WHERE id = $1", values)
      : await client.query(`UPDATE tenants SET ${assignments.join(", ")} WHERE id = $1`, values);
  return rowCount === 1;
}
