import type { Database } from "../shared/database/pool.ts";
import type { Log } from "../shared/runtime/log.ts";
import { repeat } from "../shared/runtime/repeat.ts";

const PAUSE = 10_000;
/** Rows, or executions with all that is kept of them, that one transaction deletes. */
const MAX_AT_ONCE = 100;

/**
 * Takes the steps of erasures that are due, one transaction each, now and every ten seconds. Replicas that do so at once erase different
 * tenants. Whoever is killed leaves what it has not done to the others. Returns what stops it.
 */
export function startErasing(database: Database, log: Log): () => void {
  const erase = async (isStopped: () => boolean): Promise<void> => {
    for (let deleted = 1; deleted > 0 && !isStopped();) {
      const { rows } = await database.query<{ deleted: number }>({
        text: "SELECT erase_next($1) AS deleted",
        values: [MAX_AT_ONCE],
      });
      deleted = rows[0]?.deleted ?? 0;
    }
  };
  return repeat(erase, { pause: PAUSE, log, failed: "an erasure could not go on; it is tried again" });
}
