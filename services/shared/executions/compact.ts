import type { Database } from "../database/pool.ts";

/** Events that one transaction looks at. */
const MAX_EVENTS = 5_000;

/**
 * Makes rows of pieces of output into few rows, for the execution that ended first and still has such rows; `skip` executions are left
 * out. One transaction takes at most 5,000 events, and the next goes on from there. Nobody who reads events with
 * `execution_events_after` sees a difference. False when there was nothing to do.
 */
export async function compactNextEvents(database: Database, skip = 0): Promise<boolean> {
  const { rows } = await database.query<{ count: number }>({
    name: "compact-next-events",
    text: "SELECT compact_next_events($1, $2) AS count",
    values: [MAX_EVENTS, skip],
  });
  return (rows[0]?.count ?? 0) > 0;
}

/** Seconds since the end of the execution that has waited longest for its compaction; 0 when none waits. */
export async function readCompactionDelay(database: Database): Promise<number> {
  const { rows } = await database.query<{ seconds: number }>({
    name: "read-compaction-delay",
    text: "SELECT coalesce(greatest(0, extract(epoch FROM now() - min(ended_at))), 0)::float8 AS seconds FROM compactions",
  });
  return rows[0]?.seconds ?? 0;
}
