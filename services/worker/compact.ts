import type { Database } from "../shared/database/pool.ts";
import { isRefusal } from "../shared/database/retry-conflicts.ts";
import { compactNextEvents } from "../shared/executions/compact.ts";
import type { Log } from "../shared/runtime/log.ts";
import { repeat } from "../shared/runtime/repeat.ts";

/** Milliseconds between polls for ended executions. */
const PAUSE = 1_000;
const FAILED = "events could not be compacted; it is tried again";

/**
 * Compacts the events of executions that have ended, one after the other, whichever worker ended them: other workers find what a killed one left.
 * What Postgres refuses keeps no other execution waiting. Returns what stops it.
 */
export function startCompacting(database: Database, log: Log): () => void {
  const compact = async (isStopped: () => boolean): Promise<void> => {
    for (let refused = 0, found = true; found && !isStopped();) {
      try {
        found = await compactNextEvents(database, refused);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refused += 1;
        log.warn({ err: error }, FAILED);
      }
    }
  };
  return repeat(compact, { pause: PAUSE, log, failed: FAILED });
}
