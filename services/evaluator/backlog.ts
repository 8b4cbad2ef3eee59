import type { Database } from "../shared/database/pool.ts";

/** What waits for scores. */
export interface Backlog {
  readonly executions: number;
  /** Seconds since the first of them has ended; 0 when there is none. */
  readonly delaySeconds: number;
}

/** Executions that are counted at most. */
const MAX_COUNTED = 100_000;

export async function readBacklog(database: Pick<Database, "query">): Promise<Backlog> {
  const { rows } = await database.query<Backlog>({
    name: "read-evaluation-backlog",
    text: `SELECT
        (SELECT count(*) FROM (SELECT FROM evaluation_queue LIMIT ${MAX_COUNTED}) AS counted)::int AS executions,
        coalesce((
          SELECT greatest(0, extract(epoch FROM now() - ended_at)) FROM evaluation_queue ORDER BY ended_at LIMIT 1
        ), 0)::float8 AS "delaySeconds"`,
  });
  return rows[0] as Backlog;
}
