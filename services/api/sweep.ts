import type { Database } from "../shared/database/pool.ts";
import type { Log } from "../shared/runtime/log.ts";
import { repeat } from "../shared/runtime/repeat.ts";

const PAUSE = 60 * 60_000;
/** Rows that one statement deletes. */
const MAX_AT_ONCE = 1_000;
/** Functions of the migrations. Each one deletes or creates at most the given number of rows or partitions, and returns how many. */
const FUNCTIONS = [
  ...(["create_audit_partitions", "drop_old_audit_partitions"] as const),
  ...(["delete_ended_sessions", "delete_old_idempotency_keys", "delete_old_request_counts"] as const),
  "delete_old_usage_events",
  ...(["expire_webhook_deliveries", "delete_old_webhook_events", "delete_expired_webhook_secrets"] as const),
] as const;

/**
 * Deletes what is over, and makes room for what is to come, now and every hour. Replicas that do so at once delete different rows. Returns what
 * stops it.
 */
export function startSweeping(database: Database, log: Log): () => void {
  const sweep = async (isStopped: () => boolean): Promise<void> => {
    for (const name of FUNCTIONS) {
      for (let deleted = MAX_AT_ONCE; deleted === MAX_AT_ONCE && !isStopped();) {
        const { rows } = await database.pool.query<{ deleted: number }>(`SELECT ${name}($1) AS deleted`, [MAX_AT_ONCE]);
        deleted = rows[0]?.deleted ?? 0;
      }
    }
  };
  return repeat(sweep, { pause: PAUSE, log, failed: "what is over could not be deleted; it is tried again" });
}
