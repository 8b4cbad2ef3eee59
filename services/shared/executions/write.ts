import type { Database } from "../database/pool.ts";
import { isRefusal } from "../database/retry-conflicts.ts";
import { type Lease, LEASE_SECONDS } from "./lease.ts";

/** A piece of output, and the lease under which it came. */
export interface Chunk {
  readonly lease: Lease;
  readonly text: string;
}

export interface Appended {
  /** Executions that are still the lease's. A chunk of any other was not written. */
  readonly held: ReadonlySet<string>;
  /** Executions with a chunk that Postgres refuses, and why. */
  readonly refused: ReadonlyMap<string, Error>;
}

/**
 * Appends chunks of any number of executions, in order, in one statement, and renews their leases. Should Postgres refuse it, each
 * half of the executions is written by itself, so that one value fails no execution but its own. Throws when Postgres does not answer:
 * then some chunks may be written and others not.
 */
export async function appendChunks(database: Database, chunks: readonly Chunk[]): Promise<Appended> {
  try {
    return { held: await insertChunks(database, chunks), refused: new Map() };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const ids = [...new Set(chunks.map(({ lease }) => lease.id))];
    const [only] = ids;
    if (only !== undefined && ids.length === 1) return { held: new Set(), refused: new Map([[only, error]]) };
    const half = new Set(ids.slice(0, ids.length / 2));
    const first = await appendChunks(
      database,
      chunks.filter(({ lease }) => half.has(lease.id)),
    );
    const second = await appendChunks(
      database,
      chunks.filter(({ lease }) => !half.has(lease.id)),
    );
    return { held: new Set([...first.held, ...second.held]), refused: new Map([...first.refused, ...second.refused]) };
  }
}

async function insertChunks(database: Database, chunks: readonly Chunk[]): Promise<Set<string>> {
  const { rows } = await database.query<{ id: string }>({
    name: "append-chunks",
    text: `WITH chunk AS (
        SELECT id, attempt, text, row_number() OVER (PARTITION BY id, attempt ORDER BY position) AS number
        FROM unnest($1::uuid[], $2::int[], $3::text[]) WITH ORDINALITY AS given (id, attempt, text, position)
      ), counted AS (
        SELECT id, attempt, count(*) AS chunks FROM chunk GROUP BY id, attempt
      ), held AS (
        SELECT counted.* FROM leases JOIN counted ON execution_id = counted.id AND leases.attempt = counted.attempt
        ORDER BY execution_id FOR UPDATE OF leases
      ), fenced AS (
        UPDATE leases SET last_seq = last_seq + held.chunks, expires_at = now() + make_interval(secs => $4)
        FROM held WHERE execution_id = held.id
        RETURNING leases.*, last_seq - held.chunks AS base
      ), written AS (
        INSERT INTO execution_events (accepted_on, execution_id, tenant_id, seq, attempt, type, data)
        SELECT accepted_on, execution_id, tenant_id, base + chunk.number, fenced.attempt, 'token_chunk',
          jsonb_build_object('text', chunk.text)
        FROM fenced JOIN chunk ON chunk.id = fenced.execution_id AND chunk.attempt = fenced.attempt
      )
      SELECT execution_id AS id FROM fenced`,
    values: [
      chunks.map(({ lease }) => lease.id),
      chunks.map(({ lease }) => lease.attempt),
      chunks.map(({ text }) => storable(text)),
      LEASE_SECONDS,
    ],
  });
  return new Set(rows.map(({ id }) => id));
}

/** What Postgres stores of a text: every character but U+0000 and halves of surrogate pairs, for which U+FFFD stands. */
export const storable = (text: string): string => text.replaceAll(/[\0\p{Surrogate}]/gu, "\uFFFD");

/** How a worker's attempt ends. */
export type Outcome =
  | {
      readonly state: "succeeded";
      /** Null for a workflow that returns nothing. */
      readonly output: string | null;
      readonly usage: Readonly<Record<string, number>>;
      /** Null for a workflow. */
      readonly finishReason: string | null;
    }
  | { readonly state: "failed"; readonly error: ExecutionError }
  | {
      readonly state: "queued";
      readonly reason: string;
      readonly afterSeconds: number;
      /** The model failed, so that the pause before the next attempt grows. @default false */
      readonly failed?: boolean;
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
  const { rowCount } = await database.query({
    name: "end-attempt",
    text: `WITH held AS (
        SELECT FROM executions WHERE id = $1 AND attempt = $2 AND state = 'running' FOR UPDATE
      ), freed AS (
        DELETE FROM leases WHERE execution_id = $1 AND attempt = $2 AND EXISTS (SELECT FROM held) RETURNING last_seq
      ), ended AS (
        UPDATE executions SET
          state = $3, last_seq = freed.last_seq + 1,
          finished_at = CASE WHEN $3 = 'queued' THEN NULL ELSE now() END,
          due_at = now() + make_interval(secs => $4), failures = failures + $10::int,
          output = $5, usage = $6, error = $7, finish_reason = $11
        FROM freed WHERE id = $1
        RETURNING executions.*
      )
      INSERT INTO execution_events (accepted_on, execution_id, tenant_id, seq, attempt, type, data)
      SELECT accepted_on, id, tenant_id, last_seq, attempt, $8, $9 FROM ended`,
    values: [
      id,
      attempt,
      outcome.state,
      outcome.state === "queued" ? outcome.afterSeconds : 0,
      succeeded && outcome.output !== null ? storable(outcome.output) : null,
      succeeded ? outcome.usage : null,
      outcome.state === "failed" ? outcome.error : null,
      eventOf[outcome.state],
      describe(outcome),
      outcome.state === "queued" && outcome.failed === true ? 1 : 0,
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
