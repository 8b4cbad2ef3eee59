import type { Database } from "../database/pool.ts";

/** A limit per calendar month (UTC); null for none. */
export interface Limits {
  readonly soft: number | null;
  readonly hard: number | null;
}

/** What a tenant has used this month, and what it may use. */
export interface Budget {
  /** Such as 2026-11. */
  readonly month: string;
  /** Until the month ends. */
  readonly secondsLeft: number;
  readonly tokens: number;
  /** Millionths of a USD. */
  readonly microUsd: number;
  readonly limits: { readonly tokens: Limits; readonly microUsd: Limits };
}

/** Reads a tenant's budget, with its own rights or as a worker. */
export async function readBudget(client: Pick<Database, "query">, tenant: string): Promise<Budget> {
  const { rows } = await client.query<Budget>({
    name: "read-budget",
    text: `SELECT to_char(began, 'YYYY-MM') AS month, tokens, micro_usd AS "microUsd",
        extract(epoch FROM began + interval '1 month' - now() AT TIME ZONE 'UTC')::float8 AS "secondsLeft",
        json_build_object(
          'tokens', json_build_object('soft', soft_monthly_tokens, 'hard', hard_monthly_tokens),
          'microUsd', json_build_object('soft', soft_monthly_micro_usd, 'hard', hard_monthly_micro_usd)
        ) AS limits
      FROM date_trunc('month', now() AT TIME ZONE 'UTC') AS began, tenants, LATERAL (
        SELECT coalesce(sum(prompt_tokens + completion_tokens), 0)::bigint AS tokens,
          coalesce(sum(cost_micro_usd), 0)::bigint AS micro_usd
        FROM token_usage WHERE tenant_id = $1 AND day >= began::date
      ) AS used
      WHERE id = $1`,
    values: [tenant],
  });
  return rows[0] as Budget;
}

const units = { tokens: "tokens", microUsd: "millionths of a USD" } as const;
export type BudgetUnit = keyof typeof units;
const names = Object.keys(units) as BudgetUnit[];

/** The units for which the tenant has reached its soft limit. */
export const overSoftLimit = (budget: Budget): BudgetUnit[] =>
  names.filter((unit) => budget[unit] >= (budget.limits[unit].soft ?? Number.POSITIVE_INFINITY));

/** What to say when the tenant has used as much as a hard limit, or more; undefined below. */
export function spentLimit(budget: Budget): string | undefined {
  const spent = names.find((unit) => budget[unit] >= (budget.limits[unit].hard ?? Number.POSITIVE_INFINITY));
  return spent === undefined
    ? undefined
    : `${budget[spent]} ${units[spent]} were used in ${budget.month}; ${budget.limits[spent].hard} are allowed. Ask the operator for more, or wait for the next month.`;
}
