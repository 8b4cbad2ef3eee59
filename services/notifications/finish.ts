import type { Database } from "../shared/database/pool.ts";
import type { Claimed } from "./claim.ts";
import type { Exchange } from "./exchange.ts";
import type { Verdict } from "./verdict.ts";

/** Days of nothing but failures after which an endpoint is disabled. */
const MAX_FAILING_DAYS = 5;

export interface Attempted {
  readonly startedAt: Date;
  readonly milliseconds: number;
  readonly exchange: Exchange;
  readonly verdict: Verdict;
}

/**
 * Writes the result of an attempt in one statement: its line in the log, the state of its delivery, and whether its endpoint fails or is
 * disabled. Writes nothing if another attempt was started since, or the delivery was sent again on request. The endpoint stays as it is
 * if its URL is another one by now.
 */
export async function finishAttempt(
  database: Pick<Database, "query">,
  { id, attempt, failures, tenant, url }: Pick<Claimed, "id" | "attempt" | "failures" | "tenant" | "url">,
  { startedAt, milliseconds, exchange: { status, error, excerpt }, verdict }: Attempted,
): Promise<void> {
  await database.query({
    name: "finish-webhook-attempt",
    text: `WITH finished AS (
        UPDATE webhook_deliveries SET
          state = $9, status = $6, error = $7, leased_until = NULL, due_at = now() + make_interval(secs => $10),
          failures = failures + CASE WHEN $11 IN ('rejected', 'unreachable') THEN 1 ELSE 0 END,
          finished_at = CASE WHEN $9 <> 'pending' THEN now() END
        WHERE id = $1 AND attempt = $2 AND failures = $13 AND state = 'pending' RETURNING endpoint_id
      ), logged AS (
        INSERT INTO webhook_attempts (delivery_id, number, tenant_id, started_at, milliseconds, status, error, excerpt)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8 FROM finished
      ), judged AS (
        SELECT id, NOT $12 AND coalesce(failing_since, now()) > now() - interval '${MAX_FAILING_DAYS} days' AS keep
        FROM webhook_endpoints JOIN finished ON id = endpoint_id
        WHERE disabled_at IS NULL AND url = $14 AND $11 IN ('rejected', 'unreachable')
      ), failed AS (
        UPDATE webhook_endpoints SET
          failing_since = coalesce(failing_since, now()),
          disabled_at = CASE WHEN NOT keep THEN now() END,
          disabled_reason = CASE WHEN NOT keep THEN CASE WHEN $12 THEN 'gone' ELSE 'failing' END END
        FROM judged WHERE judged.id = webhook_endpoints.id AND disabled_at IS NULL AND (failing_since IS NULL OR NOT keep)
      )
      UPDATE webhook_endpoints SET failing_since = NULL
      FROM finished WHERE id = endpoint_id AND failing_since IS NOT NULL AND url = $14 AND $11 = 'delivered'`,
    values: [
      ...[id, attempt, tenant, startedAt, milliseconds, status, error, excerpt],
      ...[verdict.state, verdict.afterSeconds, verdict.result, verdict.gone, failures, url],
    ],
  });
}
