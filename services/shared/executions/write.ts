import type { Database } from "../database/pool.ts";
import type { Lease } from "./lease.ts";

/** A piece of output, and the lease under which it came. */
export interface Chunk {
  readonly lease: Lease;
  readonly text: string;
}

/**
 * Appends chunks of any number of executions, in order, in one statement. Returns the executions that are still the
 * lease's; a chunk of any other is not written.
 */
export async function appendChunks(database: Database, chunks: readonly Chunk[]): Promise<Set<string>> {
  const { rows } = await database.pool.query<{ id: string }>({
    name: "append-chunks",
    text: `WITH chunk AS (
        SELECT id, attempt, text, row_number() OVER (PARTITION BY id ORDER BY position) AS number
        FROM unnest($1::uuid[], $2::int[], $3::text[]) WITH ORDINALITY AS given (id, attempt, text, position)
      ), counted AS (
        SELECT id, attempt, count(*) AS chunks FROM chunk GROUP BY id, attempt
      ), fenced AS (
        UPDATE executions SET last_seq = last_seq + counted.chunks
        FROM counted
        WHERE executions.id = counted.id AND executions.attempt = counted.attempt AND executions.state = 'running'
        RETURNING executions.id, executions.tenant_id, executions.last_seq - counted.chunks AS base
      ), written AS (
        INSERT INTO execution_events (execution_id, tenant_id, seq, attempt, type, data)
        SELECT fenced.id, fenced.tenant_id, fenced.base + chunk.number, chunk.attempt, 'token_chunk',
          jsonb_build_object('text', chunk.text)
        FROM fenced JOIN chunk USING (id)
      )
      SELECT id FROM fenced`,
    values: [
      chunks.map(({ lease }) => lease.id),
      chunks.map(({ lease }) => lease.attempt),
      // Postgres stores every character but this one.
      chunks.map(({ text }) => text.replaceAll("\0", "\uFFFD")),
    ],
  });
  return new Set(rows.map(({ id }) => id));
}

/** How a worker's attempt ends. */
export type Outcome =
  | {
      readonly state: "succeeded";
      readonly output: string;
      readonly usage: Readonly<Record<string, number>>;
      readonly finishReason: string;
    }
  | { readonly state: "failed"; readonly error: ExecutionError }
  | {
      readonly state: "queued";
      readonly reason: string;
      readonly afterSeconds: number;
      /** The worker's own doing, which does not count against the execution's attempts. @default false */
      readonly free?: boolean;
    };

export interface ExecutionError {
  readonly code: string;
  readonly message: string;
}

const eventOf: Readonly<Record<Outcome["state"], string>> = {
  succeeded: "job_complete",
  failed: "job_failed",
  queued: "job_retrying",
};

/** Writes how an attempt ended. False when it was no longer the lease's: then nothing is written. */
export async function endAttempt(database: Database, { id, attempt }: Lease, outcome: Outcome): Promise<boolean> {
  const succeeded = outcome.state === "succeeded";
  const { rowCount } = await database.pool.query({
    name: "end-attempt",
    text: `WITH ended AS (
        UPDATE executions SET
          state = $3, lease_expires_at = NULL, last_seq = last_seq + 1,
          finished_at = CASE WHEN $3 = 'queued' THEN NULL ELSE now() END,
          due_at = now() + make_interval(secs => $4), most_attempts = most_attempts + $10::int,
          output = $5, usage = $6, error = $7, finish_reason = $11
        WHERE id = $1 AND attempt = $2 AND state = 'running'
        RETURNING id, tenant_id, last_seq, attempt
      )
      INSERT INTO execution_events (execution_id, tenant_id, seq, attempt, type, data)
      SELECT id, tenant_id, last_seq, attempt, $8, $9 FROM ended`,
    values: [
      id,
      attempt,
      outcome.state,
      outcome.state === "queued" ? outcome.afterSeconds : 0,
      succeeded ? outcome.output.replaceAll("\0", "\uFFFD") : null,
      succeeded ? outcome.usage : null,
      outcome.state === "failed" ? outcome.error : null,
      eventOf[outcome.state],
      describe(outcome),
      outcome.state === "queued" && outcome.free === true ? 1 : 0,
      succeeded ? outcome.finishReason : null,
    ],
  });
  return rowCount === 1;
}

function describe(outcome: Outcome): object {
  if (outcome.state === "succeeded") return { usage: outcome.usage, finishReason: outcome.finishReason };
  if (outcome.state === "failed") return { error: outcome.error };
  return { reason: outcome.reason, afterSeconds: outcome.afterSeconds };
}
