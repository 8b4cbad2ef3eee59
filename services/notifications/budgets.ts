import type { Database } from "../shared/database/pool.ts";
import { type BudgetUnit, type Limits, readBudget } from "../shared/models/budget.ts";

const UNITS: readonly BudgetUnit[] = ["tokens", "microUsd"];
const LEVELS: readonly (keyof Limits)[] = ["soft", "hard"];

/**
 * Records each limit of a monthly budget that was reached, once a month, with its event. It compares sums instead of watching attempts end:
 * two that end at once see each other's usage in neither transaction. Looks at tenants that want to know, and are not suspended.
 */
export async function recordReachedBudgets(database: Database): Promise<void> {
  const { rows } = await database.query<{ tenant: string }>({
    name: "tenants-with-budgets",
    text: `SELECT id AS tenant FROM tenants
      WHERE id IN (SELECT tenant_id FROM webhook_endpoints WHERE events @> '{budget.reached}' AND disabled_at IS NULL)
        AND suspended_at IS NULL
        AND num_nonnulls(soft_monthly_tokens, hard_monthly_tokens, soft_monthly_micro_usd, hard_monthly_micro_usd) > 0
      ORDER BY id`,
  });
  for (const { tenant } of rows) await recordReached(database, tenant);
}

async function recordReached(database: Database, tenant: string): Promise<void> {
  const { month, limits, ...used } = await readBudget(database, tenant);
  for (const unit of UNITS)
    for (const level of LEVELS) {
      const limit = limits[unit][level];
      if (limit === null || used[unit] < limit) continue;
      await database.query({
        name: "record-reached-budget",
        text: `WITH noticed AS (
            INSERT INTO budget_notices (tenant_id, month, unit, level) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING RETURNING tenant_id
          )
          SELECT record_webhook_event(tenant_id, 'budget.reached', $5) FROM noticed`,
        values: [tenant, month, unit, level, { month, unit, level, limit, used: used[unit] }],
      });
    }
}
