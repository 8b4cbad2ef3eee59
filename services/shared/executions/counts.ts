import type { Database } from "../database/pool.ts";

/** What is counted at most. Far below it, autoscaler and alert have all that they want to know. */
const MAX_COUNTED = 100_000;

const NOT_SUSPENDED = "tenant_id <> ALL (ARRAY(SELECT id FROM tenants WHERE suspended_at IS NOT NULL))";

/** Executions that are due and have no worker, up to 100,000, without those of suspended tenants. Each half has an index of its own. */
export async function countWaiting(database: Database): Promise<number> {
  const { rows } = await database.query<{ count: number }>({
    name: "count-waiting",
    text: `SELECT count(*) FROM (
        SELECT FROM executions WHERE state = 'queued' AND losses = 0 AND due_at <= now() AND ${NOT_SUSPENDED}
        UNION ALL
        SELECT FROM executions WHERE state = 'queued' AND losses > 0 AND due_at <= now() AND ${NOT_SUSPENDED}
        LIMIT ${MAX_COUNTED}
      ) AS waiting`,
  });
  return rows[0]?.count ?? 0;
}

/** Tokens that models have reported since the database was made, by model and kind. */
export async function countTokens(
  database: Database,
): Promise<readonly { readonly model: string; readonly kind: string; readonly count: number }[]> {
  const { rows } = await database.query<{ model: string; kind: string; count: number }>({
    text: "SELECT model, kind, sum(count)::bigint AS count FROM token_totals GROUP BY model, kind",
  });
  return rows;
}

/** Executions that have ended since the database was made, by state. */
export async function countEnded(database: Database): Promise<ReadonlyMap<string, number>> {
  const { rows } = await database.query<{ state: string; count: number }>({
    text: "SELECT state, sum(count)::bigint AS count FROM execution_ends GROUP BY state",
  });
  return new Map(rows.map(({ state, count }) => [state, count]));
}
