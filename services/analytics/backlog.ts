import type { Database } from "../shared/database/pool.ts";

/** What waits in the outbox. */
export interface Backlog {
  /** Seconds since the oldest event that was not handed over was recorded; 0 when there is none. */
  readonly ageSeconds: number;
  /** Events that were refused. */
  readonly refused: number;
}

/** Dead letters that are counted at most. */
const MAX_COUNTED = 10_000;

export async function readBacklog(database: Pick<Database, "query">): Promise<Backlog> {
  const { rows } = await database.query<Backlog>({
    name: "read-backlog",
    text: `SELECT
        coalesce((
          SELECT greatest(0, extract(epoch FROM now() - recorded_at)) FROM usage_outbox WHERE NOT refused ORDER BY position LIMIT 1
        ), 0)::float8 AS "ageSeconds",
        (SELECT count(*) FROM (SELECT FROM usage_outbox WHERE refused LIMIT ${MAX_COUNTED}) AS counted)::int AS refused`,
  });
  return rows[0] as Backlog;
}
