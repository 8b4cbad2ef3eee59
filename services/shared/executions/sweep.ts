import type { Database } from "../database/pool.ts";

/** Executions that one statement sweeps. */
const MAX_AT_ONCE = 500;

export interface Swept {
  readonly id: string;
  readonly state: "queued" | "failed";
}

/**
 * Puts back what a worker no longer holds, fails what has used up its attempts or is past its deadline. Any worker may do it at
 * any time; two at once take different rows. It waits for no lock: a lease that is being written is not lost.
 */
export async function sweep(database: Database): Promise<Swept[]> {
  const swept: Swept[] = [];
  for (;;) {
    const { rows } = await database.query<Swept>(statement);
    swept.push(...rows);
    if (rows.length < MAX_AT_ONCE) return swept;
  }
}

const statement = {
  name: "sweep",
  text: `WITH found AS (
      SELECT id, state, deadline_at <= now() AS late, attempt >= most_attempts AS exhausted FROM executions
      WHERE id IN (
        (SELECT execution_id FROM leases WHERE expires_at <= now() LIMIT ${MAX_AT_ONCE})
        UNION ALL
        (SELECT id FROM executions WHERE state = 'queued' AND deadline_at <= now() LIMIT ${MAX_AT_ONCE})
      ) AND (state = 'running' OR (state = 'queued' AND deadline_at <= now()))
      ORDER BY id LIMIT ${MAX_AT_ONCE} FOR UPDATE SKIP LOCKED
    ), expired AS (
      SELECT execution_id, last_seq FROM leases
      WHERE execution_id IN (SELECT id FROM found) AND expires_at <= now()
      ORDER BY execution_id FOR UPDATE SKIP LOCKED
    ), freed AS (
      DELETE FROM leases USING expired WHERE leases.execution_id = expired.execution_id
    ), swept AS (
      UPDATE executions SET
        state = CASE WHEN late OR exhausted THEN 'failed' ELSE 'queued' END,
        finished_at = CASE WHEN late OR exhausted THEN now() END,
        error = CASE
          WHEN late THEN jsonb_build_object('code', 'deadline_exceeded', 'message', 'The execution did not end before its deadline.')
          WHEN exhausted THEN jsonb_build_object('code', 'worker_lost', 'message', 'Every worker that took the execution was lost.')
        END,
        due_at = now(), last_seq = coalesce(expired.last_seq, executions.last_seq) + 1
      FROM found LEFT JOIN expired ON found.id = expired.execution_id
      WHERE executions.id = found.id AND (found.state = 'queued' OR expired.execution_id IS NOT NULL)
      RETURNING executions.*
    ), told AS (
      INSERT INTO execution_events (accepted_on, execution_id, tenant_id, seq, attempt, type, data)
      SELECT accepted_on, id, tenant_id, last_seq, attempt,
        CASE state WHEN 'failed' THEN 'job_failed' ELSE 'job_retrying' END,
        CASE state WHEN 'failed' THEN jsonb_build_object('error', error) ELSE jsonb_build_object('reason', 'worker_lost') END
      FROM swept
    )
    SELECT id, state FROM swept`,
};
