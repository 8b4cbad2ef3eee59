import type { QueryConfig } from "pg";
import type { Database } from "../shared/database/pool.ts";
import type { Lease } from "../shared/executions/lease.ts";
import type { Answer } from "./model-answer.ts";

/** How long an answer is given again: a model may change behind its name. */
const MAX_AGE = "1 day";

export interface CachedAnswer extends Answer {
  /** The execution that the model answered. */
  readonly cachedFrom: string;
}

/**
 * The last answer that the model gave the same tenant to the same messages with the same parameters, if they ask for temperature 0. An answer
 * that was cut is none, and so is one from before its tenant replaced the model. Nothing is kept for it but the executions themselves: what
 * is deleted is not given again.
 */
export async function findCachedAnswer(
  database: Pick<Database, "query">,
  lease: Lease,
): Promise<CachedAnswer | undefined> {
  if (!lease.useCache || lease.parameters.temperature !== 0) return undefined;
  const { rows } = await database.query<{ id: string; output: string }>(cachedAnswerStatement(lease));
  return rows[0] && { output: rows[0].output, usage: {}, finishReason: "stop", cachedFrom: rows[0].id };
}

/** The index leads to messages of the same hash, which are compared then. */
export const cachedAnswerStatement = ({
  tenant,
  model,
  messages,
  parameters,
}: Pick<Lease, "tenant" | "model" | "messages" | "parameters">): QueryConfig => ({
  name: "find-cached-answer",
  text: `SELECT id, output FROM executions
    WHERE tenant_id = $1 AND hashtextextended(messages::text, 0) = hashtextextended($2::jsonb::text, 0)
      AND finished_at > now() - interval '${MAX_AGE}' AND model = $3 AND messages = $2 AND parameters = $4
      AND state = 'succeeded' AND finish_reason = 'stop' AND cached_from IS NULL AND (parameters->>'temperature')::numeric = 0
      AND NOT EXISTS (
        SELECT FROM custom_models WHERE tenant_id = $1 AND $3 = 'custom/' || tenant_id || '/' || name AND changed_at > finished_at
      )
    ORDER BY finished_at DESC LIMIT 1`,
  values: [tenant, JSON.stringify(messages), model, parameters],
});
