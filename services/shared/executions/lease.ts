import type { Endpoint } from "../models/endpoints.ts";
import type { Database } from "../database/pool.ts";
import type { Carrier } from "../runtime/tracing.ts";

/**
 * Seconds for which an execution is a worker's without a word from it. With the sweep's pause it bounds how long a killed
 * worker's executions wait for another: under 15 s.
 */
const LEASE_SECONDS = 10;
export const RENEW_SECONDS = 3;
export const SWEEP_SECONDS = 4;

/** An execution that a worker has taken. Whoever writes names the attempt: only the last one's writes count. */
export interface Lease {
  readonly id: string;
  readonly attempt: number;
  readonly mostAttempts: number;
  readonly model: string;
  readonly messages: readonly Message[];
  readonly parameters: Readonly<Record<string, number>>;
  /** ISO 8601, UTC. */
  readonly deadline: string;
  readonly trace: Carrier;
}

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/**
 * Takes what is due on one endpoint, the oldest first, at most `room`, and never more than the endpoint may run at once
 * over all workers: whoever takes holds the endpoint's lock while counting.
 */
export async function takeLeases(database: Database, endpoint: Endpoint, room: number): Promise<Lease[]> {
  return database.transaction(async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('endpoint'), hashtext($1))", [endpoint.url]);
    const { rows } = await client.query<Lease>({
      name: "take-leases",
      text: `WITH taken AS (
          SELECT id FROM executions
          WHERE state = 'queued' AND model = ANY($1) AND due_at <= now() AND deadline_at > now()
          ORDER BY due_at
          FOR UPDATE SKIP LOCKED
          LIMIT greatest(0, least($2, $3 - (SELECT count(*) FROM executions WHERE state = 'running' AND model = ANY($1))))
        ), started AS (
          UPDATE executions SET
            state = 'running', attempt = attempt + 1, last_seq = last_seq + 1,
            lease_expires_at = now() + make_interval(secs => $4), started_at = coalesce(started_at, now())
          FROM taken WHERE executions.id = taken.id
          RETURNING executions.*
        ), told AS (
          INSERT INTO execution_events (execution_id, tenant_id, seq, attempt, type, data)
          SELECT id, tenant_id, last_seq, attempt, 'job_started', '{}' FROM started
        )
        SELECT id, attempt, most_attempts AS "mostAttempts", model, messages, parameters, deadline_at AS deadline, trace
        FROM started`,
      values: [endpoint.models, room, endpoint.concurrency, LEASE_SECONDS],
    });
    return rows;
  });
}

/** Holds leases longer. Returns those that are still held: the others were cancelled, swept or taken by somebody else. */
export async function renewLeases(database: Database, leases: readonly Lease[]): Promise<Set<string>> {
  const { rows } = await database.pool.query<{ id: string }>({
    name: "renew-leases",
    text: `UPDATE executions SET lease_expires_at = now() + make_interval(secs => $3)
      FROM unnest($1::uuid[], $2::int[]) AS held (id, attempt)
      WHERE executions.id = held.id AND executions.attempt = held.attempt AND state = 'running'
      RETURNING executions.id`,
    values: [leases.map(({ id }) => id), leases.map(({ attempt }) => attempt), LEASE_SECONDS],
  });
  return new Set(rows.map(({ id }) => id));
}

export interface Swept {
  readonly id: string;
  readonly state: "queued" | "failed";
}

/**
 * Puts back what a worker no longer holds, fails what has used up its attempts or is past its deadline. Any worker may do
 * it at any time; two at once take different rows.
 */
export async function sweep(database: Database): Promise<Swept[]> {
  const { rows } = await database.pool.query<Swept>({
    name: "sweep",
    text: `WITH found AS (
        SELECT id, deadline_at <= now() AS late, attempt >= most_attempts AS exhausted FROM executions
        WHERE (state = 'running' AND lease_expires_at <= now()) OR (state = 'queued' AND deadline_at <= now())
        FOR UPDATE SKIP LOCKED LIMIT 500
      ), swept AS (
        UPDATE executions SET
          state = CASE WHEN late OR exhausted THEN 'failed' ELSE 'queued' END,
          finished_at = CASE WHEN late OR exhausted THEN now() END,
          error = CASE
            WHEN late THEN jsonb_build_object('code', 'deadline_exceeded', 'message', 'The execution did not end before its deadline.')
            WHEN exhausted THEN jsonb_build_object('code', 'worker_lost', 'message', 'Every worker that took the execution was lost.')
          END,
          due_at = now(), lease_expires_at = NULL, last_seq = last_seq + 1
        FROM found WHERE executions.id = found.id
        RETURNING executions.*
      ), told AS (
        INSERT INTO execution_events (execution_id, tenant_id, seq, attempt, type, data)
        SELECT id, tenant_id, last_seq, attempt,
          CASE state WHEN 'failed' THEN 'job_failed' ELSE 'job_retrying' END,
          CASE state WHEN 'failed' THEN jsonb_build_object('error', error) ELSE jsonb_build_object('reason', 'worker_lost') END
        FROM swept
      )
      SELECT id, state FROM swept`,
  });
  return rows;
}

/** Executions that are due and have no worker. */
export async function countWaiting(database: Database): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    "SELECT count(*) FROM executions WHERE state = 'queued' AND due_at <= now()",
  );
  return rows[0]?.count ?? 0;
}

/** Executions that have ended since the database was made, by state. */
export async function countEnded(database: Database): Promise<ReadonlyMap<string, number>> {
  const { rows } = await database.pool.query<{ state: string; count: number }>(
    "SELECT state, sum(count)::bigint AS count FROM execution_ends GROUP BY state",
  );
  return new Map(rows.map(({ state, count }) => [state, count]));
}
