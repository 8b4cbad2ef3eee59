import type { Database } from "../database/pool.ts";
import type { OutputRules } from "../prompts/guardrails.ts";
import type { Carrier } from "../runtime/tracing.ts";

/**
 * Seconds for which an execution is a worker's without a word from it. With the sweep's pause it bounds how long a killed
 * worker's executions wait for another: under 15 s.
 */
export const LEASE_SECONDS = 10;
export const RENEW_SECONDS = 3;
export const SWEEP_SECONDS = 3;

/** An execution that a worker has taken. Whoever writes names the attempt: only the last one's writes count. */
export interface Lease {
  readonly id: string;
  readonly tenant: string;
  readonly attempt: number;
  /** Attempts before it that failed at the model. */
  readonly failures: number;
  /** Workers that were lost with it. */
  readonly losses: number;
  /** The model that is asked. */
  readonly model: string;
  /** The model that the prompt names, and those that may answer instead, in this order. */
  readonly requestedModel: string;
  readonly fallbacks: readonly string[];
  readonly messages: readonly Message[];
  readonly parameters: Parameters;
  /** Whether it may be answered as an equal one was before. */
  readonly useCache: boolean;
  /** What the output must not be; null where it may be anything. */
  readonly outputRules: OutputRules | null;
  /** Until its deadline, by the database's clock when it was taken. */
  readonly secondsLeft: number;
  readonly trace: Carrier;
}

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** How a model is to answer, by OpenAI's names. */
export interface Parameters {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly max_tokens?: number;
  readonly seed?: number;
  readonly frequency_penalty?: number;
  readonly presence_penalty?: number;
  /** The answer ends before the first of them. */
  readonly stop?: readonly string[];
}

/** The same before it is stored: what is undefined is left out. */
export type GivenParameters = { readonly [Name in keyof Parameters]?: Parameters[Name] | undefined };

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
