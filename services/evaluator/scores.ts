import type { PoolClient } from "pg";
import type { ExecutionError } from "../shared/executions/end-attempt.ts";
import type { Cell, Experiment } from "./experiment.ts";

/** What is written of one evaluator on one output. `waiting`: its judge is still to be asked. */
export type NewScore =
  | { readonly state: "scored"; readonly score: number; readonly reason?: string | null }
  | { readonly state: "failed"; readonly error: ExecutionError }
  | { readonly state: "waiting" };

/** Writes the scores of an output whose execution has ended, one for each evaluator, and what that makes of the result. */
export async function writeScores(
  client: PoolClient,
  { id }: Experiment,
  { item, candidate, scores, error }: Cell & { readonly scores: readonly NewScore[]; readonly error?: ExecutionError },
): Promise<void> {
  await client.query({
    name: "write-scores",
    text: `INSERT INTO experiment_scores (experiment_id, item, candidate, evaluator, tenant_id, state, score, error)
      SELECT $1, $2, $3, place - 1, current_tenant(), given->>'state', (given->>'score')::float8, given->'error'
      FROM jsonb_array_elements($4::jsonb) WITH ORDINALITY AS each (given, place)`,
    values: [id, item, candidate, JSON.stringify(scores)],
  });
  const waits = scores.some(({ state }) => state === "waiting");
  await client.query({
    name: "write-result",
    text: "UPDATE experiment_results SET state = $4, error = $5 WHERE experiment_id = $1 AND item = $2 AND candidate = $3",
    values: [id, item, candidate, error ? "failed" : waits ? "scoring" : "scored", error ?? null],
  });
}

/** Writes a judge's verdict, or why there is none. With the last judge of an output, its result is scored. */
export async function writeJudgement(
  client: PoolClient,
  { id }: Experiment,
  {
    item,
    candidate,
    evaluator,
    ...given
  }: Cell & { readonly evaluator: number } & Exclude<NewScore, { state: "waiting" }>,
): Promise<void> {
  const { score, reason, error } = { score: null, reason: null, error: null, ...given };
  await client.query({
    name: "write-judgement",
    text: `UPDATE experiment_scores SET state = $5, score = $6, reason = $7, error = $8
      WHERE experiment_id = $1 AND item = $2 AND candidate = $3 AND evaluator = $4`,
    values: [id, item, candidate, evaluator, given.state, score, reason, error],
  });
  await client.query({
    name: "write-scored-result",
    text: `UPDATE experiment_results SET state = 'scored' WHERE experiment_id = $1 AND item = $2 AND candidate = $3 AND NOT EXISTS (
        SELECT FROM experiment_scores
        WHERE experiment_id = $1 AND item = $2 AND candidate = $3 AND state IN ('waiting', 'executing')
      )`,
    values: [id, item, candidate],
  });
}
