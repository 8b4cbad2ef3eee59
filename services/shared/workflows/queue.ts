import type { Database } from "../database/pool.ts";
import type { Lease } from "../executions/lease.ts";
import type { Source } from "../executions/claim.ts";

/**
 * What workers take workflows from, in the same fair shares as what runs on a model's endpoint: an execution of a workflow has no model.
 * Its concurrency bounds the workflows that all workers advance at once, not those that wait.
 */
export const WORKFLOWS: Source = { url: "workflows", models: [{ name: "" }], concurrency: 1_000, counted: false };

/** Workflows that one statement queues. The rest come with the next. */
const MAX_AT_ONCE = 1_000;

/** Queues workflows whose wait is over. */
export async function queueDueWorkflows(database: Database): Promise<void> {
  await database.query({
    name: "queue-due-workflows",
    text: `UPDATE executions SET state = 'queued' WHERE id IN (
        SELECT id FROM executions WHERE state = 'waiting' AND due_at <= now()
        ORDER BY due_at LIMIT ${MAX_AT_ONCE} FOR UPDATE SKIP LOCKED
      )`,
  });
}

/** A workflow that cannot go on now. */
export interface Suspension {
  readonly state: "waiting";
  /** What has happened to the workflow, by its own count, when its worker began. */
  readonly wakes: number;
  /** Seconds until the first wait in it is over. @default - it is queued when a prompt ends or a person decides */
  readonly seconds?: number;
}

/**
 * Leaves a workflow until it is woken; if it was woken meanwhile, it is queued at once. False when it was no longer the lease's: then
 * nothing is written.
 */
export async function suspendWorkflow(
  database: Database,
  { id, attempt }: Lease,
  { wakes, seconds }: Suspension,
): Promise<boolean> {
  const { rowCount } = await database.query({
    name: "suspend-workflow",
    text: `WITH held AS (
        SELECT FROM executions WHERE id = $1 AND attempt = $2 AND state = 'running' FOR UPDATE
      ), freed AS (
        DELETE FROM leases WHERE execution_id = $1 AND attempt = $2 AND EXISTS (SELECT FROM held) RETURNING last_seq
      )
      UPDATE executions SET
        state = CASE wakes WHEN $3 THEN 'waiting' ELSE 'queued' END,
        due_at = CASE wakes WHEN $3 THEN coalesce(now() + make_interval(secs => $4), 'infinity') ELSE now() END,
        last_seq = freed.last_seq
      FROM freed WHERE id = $1`,
    values: [id, attempt, wakes, seconds ?? null],
  });
  return rowCount === 1;
}

/** Finished workflows since the database was made, and unfinished ones now, by state. */
export async function countWorkflows(
  database: Database,
): Promise<{ ended: ReadonlyMap<string, number>; unfinished: ReadonlyMap<string, number> }> {
  const toMap = ({ rows }: { rows: { state: string; count: number }[] }): ReadonlyMap<string, number> =>
    new Map(rows.map(({ state, count }) => [state, count]));
  const ended = await database.query<{ state: string; count: number }>({
    text: "SELECT state, sum(count)::bigint AS count FROM workflow_ends GROUP BY state",
  });
  const unfinished = await database.query<{ state: string; count: number }>({
    text: `SELECT state, (SELECT count(*) FROM executions
        WHERE workflow_id IS NOT NULL AND finished_at IS NULL AND executions.state = given.state)
      FROM unnest(ARRAY['queued', 'running', 'waiting']) AS given (state)`,
  });
  return { ended: toMap(ended), unfinished: toMap(unfinished) };
}
