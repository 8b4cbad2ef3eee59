import type { Endpoint } from "../models/endpoints.ts";
import type { Database } from "../database/pool.ts";
import type { Carrier } from "../runtime/tracing.ts";

/**
 * Seconds for which an execution is a worker's without a word from it. With the sweep's pause it bounds how long a killed
 * worker's executions wait for another: under 15 s.
 */
export const LEASE_SECONDS = 10;
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
  /** Until its deadline, by the database's clock when it was taken. */
  readonly secondsLeft: number;
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
          LIMIT greatest(0, least($2, $3 - (SELECT count(*) FROM leases WHERE model = ANY($1))))
        ), started AS (
          UPDATE executions SET
            state = 'running', attempt = attempt + 1, last_seq = last_seq + 1, started_at = coalesce(started_at, now())
          FROM taken WHERE executions.id = taken.id
          RETURNING executions.*
        ), leased AS (
          INSERT INTO leases (execution_id, tenant_id, model, accepted_on, attempt, last_seq, expires_at)
          SELECT id, tenant_id, model, accepted_on, attempt, last_seq, now() + make_interval(secs => $4) FROM started
        ), told AS (
          INSERT INTO execution_events (accepted_on, execution_id, tenant_id, seq, attempt, type, data)
          SELECT accepted_on, id, tenant_id, last_seq, attempt, 'job_started', '{}' FROM started
        )
        SELECT id, attempt, most_attempts AS "mostAttempts", model, messages, parameters, trace,
          extract(epoch FROM deadline_at - now())::float8 AS "secondsLeft"
        FROM started`,
      values: [endpoint.models, room, endpoint.concurrency, LEASE_SECONDS],
    });
    return rows;
  });
}

/** Holds leases longer. Returns those that are still held: the others were cancelled, swept or taken by another worker. */
export async function renewLeases(database: Database, leases: readonly Lease[]): Promise<Set<string>> {
  const { rows } = await database.query<{ id: string }>({
    name: "renew-leases",
    text: `WITH held AS (
        SELECT execution_id FROM leases
        JOIN unnest($1::uuid[], $2::int[]) AS given (id, attempt)
          ON execution_id = given.id AND leases.attempt = given.attempt
        ORDER BY execution_id FOR UPDATE OF leases
      )
      UPDATE leases SET expires_at = now() + make_interval(secs => $3)
      FROM held WHERE leases.execution_id = held.execution_id
      RETURNING leases.execution_id AS id`,
    values: [leases.map(({ id }) => id), leases.map(({ attempt }) => attempt), LEASE_SECONDS],
  });
  return new Set(rows.map(({ id }) => id));
}
