import type { Database } from "../database/pool.ts";

/** Executions that are due and have no worker. */
export async function countWaiting(database: Database): Promise<number> {
  const { rows } = await database.query<{ count: number }>({
    text: "SELECT count(*) FROM executions WHERE state = 'queued' AND due_at <= now()",
  });
  return rows[0]?.count ?? 0;
}

/** Executions that have ended since the database was made, by state. */
export async function countEnded(database: Database): Promise<ReadonlyMap<string, number>> {
  const { rows } = await database.query<{ state: string; count: number }>({
    text: "SELECT state, sum(count)::bigint AS count FROM execution_ends GROUP BY state",
  });
  return new Map(rows.map(({ state, count }) => [state, count]));
}
