import type { Database } from "../database/pool.ts";

/** Lost workers, and late executions, that one statement sweeps. */
const MAX_WORKERS = 4;
const MAX_LATE = 500;
/** Workers that an execution may lose. After as many it is a dead letter. */
const MAX_LOSSES = 4;
/** Seconds of the longest pause before an execution of a lost worker is due again. The first is one, and each doubles it. */
const MAX_PAUSE = 60;

export interface Swept {
  readonly id: string;
  readonly state: "queued" | "failed";
  readonly quarantined: boolean;
}

/**
 * Puts back, after a pause, what lost workers no longer hold, and fails what is past its deadline. Any worker may do it at any time;
 * two at once take different rows. It waits for no lock: a lease that is being written is not lost.
 *
 * A worker with one expired lease is lost with all that it holds. Of these, the executions with most losses are blamed. A worker takes
 * any number that were never blamed, few that were once, and one that was more often (`Room`), so a worker's killer is soon blamed
 * alone, and is quarantined alone.
 */
export async function sweep(database: Database): Promise<Swept[]> {
  const swept: Swept[] = [];
  for (;;) {
    const { rows } = await database.query<Swept>(statement);
    if (rows.length === 0) return swept;
    swept.push(...rows);
  }
}

const statement = {
  name: "sweep",
  text: `WITH lost AS (
      SELECT worker FROM leases WHERE expires_at <= now() GROUP BY worker ORDER BY worker LIMIT ${MAX_WORKERS}
    ), found AS (
      SELECT id, state, losses, deadline_at <= now() AS late FROM executions
      WHERE id IN (
        (SELECT execution_id FROM leases WHERE worker IN (SELECT worker FROM lost))
        UNION ALL
        (SELECT id FROM executions WHERE state = 'queued' AND deadline_at <= now() LIMIT ${MAX_LATE})
        UNION ALL
        (SELECT id FROM executions WHERE state = 'waiting' AND deadline_at <= now() LIMIT ${MAX_LATE})
      ) AND (state = 'running' OR (state IN ('queued', 'waiting') AND deadline_at <= now()))
      ORDER BY id FOR UPDATE SKIP LOCKED
    ), expired AS (
      SELECT execution_id, worker, last_seq FROM leases
      WHERE execution_id IN (SELECT id FROM found) AND worker IN (SELECT worker FROM lost)
      ORDER BY execution_id FOR UPDATE SKIP LOCKED
    ), freed AS (
      DELETE FROM leases USING expired WHERE leases.execution_id = expired.execution_id
    ), judged AS (
      SELECT found.*, last_seq, blame, late OR losses + blame >= ${MAX_LOSSES} AS ended,
        NOT late AND losses + blame >= ${MAX_LOSSES} AS quarantined
      FROM found LEFT JOIN (
        SELECT execution_id, last_seq, (losses = max(losses) OVER (PARTITION BY worker))::int AS blame
        FROM expired JOIN found ON id = execution_id
      ) AS blamed ON execution_id = id
      WHERE state IN ('queued', 'waiting') OR execution_id IS NOT NULL
    ), swept AS (
      UPDATE executions SET
        state = CASE WHEN ended THEN 'failed' ELSE 'queued' END,
        finished_at = CASE WHEN ended THEN now() END,
        quarantined_at = CASE WHEN quarantined THEN now() END,
        losses = executions.losses + coalesce(blame, 0),
        error = CASE
          WHEN late THEN jsonb_build_object('code', 'deadline_exceeded', 'message', 'The execution did not end before its deadline.')
          WHEN quarantined THEN jsonb_build_object('code', 'quarantined', 'message',
            '${MAX_LOSSES} workers were lost while they ran it. It is kept as a dead letter.')
        END,
        due_at = now() + make_interval(secs => least(${MAX_PAUSE}, power(2, executions.losses)) * (1 - random() / 2)),
        last_seq = coalesce(judged.last_seq, executions.last_seq) + 1
      FROM judged WHERE executions.id = judged.id
      RETURNING executions.*, quarantined
    ), told AS (
      INSERT INTO execution_events (accepted_on, execution_id, tenant_id, seq, attempt, type, data)
      SELECT accepted_on, id, tenant_id, last_seq, attempt,
        CASE state WHEN 'failed' THEN 'job_failed' ELSE 'job_retrying' END,
        CASE state WHEN 'failed' THEN jsonb_build_object('error', error) ELSE jsonb_build_object('reason', 'worker_lost') END
      FROM swept
    )
    SELECT id, state, quarantined FROM swept`,
};
