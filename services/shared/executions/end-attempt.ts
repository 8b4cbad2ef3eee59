import type { Database } from "../database/pool.ts";
import { isReported, type Usage } from "../models/usage.ts";
import type { Lease } from "./lease.ts";
import { storable } from "./write.ts";

/** How a worker's attempt ends. */
export type Outcome =
  | {
      readonly state: "succeeded";
      /** Null for a workflow that returns nothing. */
      readonly output: string | null;
      readonly usage: Usage;
      /** Null for a workflow. */
      readonly finishReason: string | null;
      /** The execution whose answer it was given. @default - its model answered */
      readonly cachedFrom?: string;
    }
  | { readonly state: "failed"; readonly error: ExecutionError }
  | {
      readonly state: "queued";
      readonly reason: string;
      readonly afterSeconds: number;
      /** The model failed, so that the pause before the next attempt grows. @default false */
      readonly failed?: boolean;
      /** The model that is asked next. @default - the same */
      readonly model?: string | undefined;
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

/** What an attempt used, as far as its model reported it, and what that costs. A workflow uses nothing itself: its prompts do. */
export interface Spent {
  readonly usage: Usage;
  /** @default - the model has no price */
  readonly cost?: { readonly microUsd: number; readonly asOf: string };
}

/**
 * Writes how an attempt ended, and adds what it used to its execution and to its tenant's day, once: in the same statement. False when
 * it was no longer the lease's: then nothing is written.
 */
export async function endAttempt(
  database: Database,
  { id, attempt, model }: Lease,
  outcome: Outcome,
  spent: Spent = { usage: {} },
): Promise<boolean> {
  const cachedFrom = outcome.state === "succeeded" ? (outcome.cachedFrom ?? null) : null;
  const nextModel = outcome.state === "queued" ? (outcome.model ?? null) : null;
  const { rowCount } = await database.query({
    name: "end-attempt",
    text: `WITH spent AS (
        SELECT $13::bigint AS prompt, $14::bigint AS completion, $15::bigint AS cost, $16::date AS price_as_of
      ), held AS (
        SELECT FROM executions WHERE id = $1 AND attempt = $2 AND state = 'running' FOR UPDATE
      ), freed AS (
        DELETE FROM leases WHERE execution_id = $1 AND attempt = $2 AND EXISTS (SELECT FROM held) RETURNING last_seq
      ), ended AS (
        UPDATE executions SET
          state = $3, last_seq = freed.last_seq + 1,
          finished_at = CASE WHEN $3 = 'queued' THEN NULL ELSE now() END,
          due_at = now() + make_interval(secs => $4), failures = failures + $10::int,
          model = coalesce($17, model),
          requested_model = CASE WHEN $17 IS NULL THEN requested_model ELSE coalesce(requested_model, model) END,
          output = $5, error = $7, finish_reason = $11, cached_from = $18,
          usage = CASE WHEN spent.prompt IS NULL THEN coalesce(usage, $6) ELSE jsonb_build_object(
            'promptTokens', coalesce((usage->>'promptTokens')::bigint, 0) + spent.prompt,
            'completionTokens', coalesce((usage->>'completionTokens')::bigint, 0) + spent.completion
          ) END,
          cost_micro_usd = CASE WHEN spent.cost IS NULL THEN cost_micro_usd ELSE coalesce(cost_micro_usd, 0) + spent.cost END,
          price_as_of = coalesce(spent.price_as_of, executions.price_as_of)
        FROM freed, spent WHERE id = $1
        RETURNING executions.*
      ), summed AS (
        INSERT INTO token_usage AS day (tenant_id, day, model, prompt_tokens, completion_tokens, cost_micro_usd)
        SELECT tenant_id, (now() AT TIME ZONE 'UTC')::date, $12, prompt, completion, coalesce(cost, 0)
        FROM ended, spent WHERE prompt IS NOT NULL
        ON CONFLICT (tenant_id, day, model) DO UPDATE SET
          prompt_tokens = day.prompt_tokens + excluded.prompt_tokens,
          completion_tokens = day.completion_tokens + excluded.completion_tokens,
          cost_micro_usd = day.cost_micro_usd + excluded.cost_micro_usd
      )
      INSERT INTO execution_events (accepted_on, execution_id, tenant_id, seq, attempt, type, data)
      SELECT accepted_on, id, tenant_id, last_seq, attempt, $8, $9 FROM ended`,
    values: [
      id,
      attempt,
      outcome.state,
      ...outcomeValues(outcome),
      model,
      ...spentValues(spent),
      nextModel,
      cachedFrom,
    ],
  });
  return rowCount === 1;
}

function describe(outcome: Outcome): object {
  if (outcome.state === "succeeded") {
    const { usage, finishReason, cachedFrom } = outcome;
    return { usage, finishReason, ...(cachedFrom !== undefined && { cachedFrom }) };
  }
  if (outcome.state === "failed") return { error: outcome.error };
  const { reason, afterSeconds, model } = outcome;
  return { reason, afterSeconds, ...(model !== undefined && { model }) };
}

/** The statement's $4 to $11. */
function outcomeValues(outcome: Outcome): unknown[] {
  const { afterSeconds, failed } = outcome.state === "queued" ? outcome : { afterSeconds: 0, failed: false };
  const { output, usage, finishReason } =
    outcome.state === "succeeded" ? outcome : { output: null, usage: null, finishReason: null };
  return [
    afterSeconds,
    output === null ? null : storable(output),
    usage,
    outcome.state === "failed" ? outcome.error : null,
    eventOf[outcome.state],
    describe(outcome),
    failed === true ? 1 : 0,
    finishReason,
  ];
}

/** The statement's $13 to $16: NULL where nothing was reported. */
function spentValues({ usage, cost }: Spent): unknown[] {
  const tokens = isReported(usage) ? [usage.promptTokens ?? 0, usage.completionTokens ?? 0] : [null, null];
  return [...tokens, cost?.microUsd ?? null, cost?.asOf ?? null];
}
