import type { PoolClient } from "pg";
import { applyRule, ScoreError } from "../shared/evaluations/apply-rule.ts";
import type { Definition, Judge } from "../shared/evaluations/evaluator.ts";
import { LATENCY_MS, TOKENS } from "../shared/evaluations/figures.ts";
import type { ExecutionError } from "../shared/executions/end-attempt.ts";
import { storable } from "../shared/executions/write.ts";
import { ExpressionsTooSlow, MAX_CHARACTERS, ProcessorTime } from "../shared/workflows/expressions.ts";
import type { Cell, Experiment } from "./experiment.ts";
import { JudgeError, readJudgement } from "./judge.ts";
import { type NewScore, writeJudgement, writeScores } from "./scores.ts";

/** Executions whose ends one step collects. */
const MAX_AT_ONCE = 20;
/** Milliseconds of a processor that the rules of one step may take. The rest is left to the next one. */
const MAX_SCORING = 1_500;

/** An execution that has ended, and what it was for. */
interface Ended extends Cell {
  readonly execution: string;
  readonly state: "succeeded" | "failed" | "cancelled";
  /** Null if there is none, or it has more than `MAX_CHARACTERS`. */
  readonly output: string | null;
  readonly error: ExecutionError | null;
  readonly tokens: number;
  readonly microUsd: number | null;
  readonly latencyMs: number;
  /** The place of the evaluator whose judge it was; null for a candidate's. */
  readonly evaluator: number | null;
  readonly variables: Readonly<Record<string, string>>;
  readonly expected: string | null;
}

/** Characters of an error that are kept. */
const MAX_MESSAGE = 1_000;

const CANCELLED: ExecutionError = { code: "cancelled", message: "The execution was cancelled." };
const TOO_LARGE: ExecutionError = {
  code: "output_too_large",
  message: `The output has more than ${MAX_CHARACTERS} characters, and is not scored.`,
};

/** Scores what has ended of an experiment, once: what is collected leaves the queue in the same transaction. */
export async function collectEnded(client: PoolClient, experiment: Experiment): Promise<void> {
  const time = new ProcessorTime(MAX_SCORING);
  for (const ended of await readEnded(client, experiment)) {
    try {
      await collect(client, experiment, { ended, time });
    } catch (error) {
      if (error instanceof ExpressionsTooSlow) return;
      throw error;
    }
  }
}

async function readEnded(client: PoolClient, { id, dataset }: Experiment): Promise<Ended[]> {
  const { rows } = await client.query<Ended>({
    name: "read-ended",
    text: `SELECT queued.execution_id AS execution, executions.state, executions.error,
        CASE WHEN length(output) <= ${MAX_CHARACTERS} THEN output END AS output,
        ${TOKENS} AS tokens,
        cost_micro_usd AS "microUsd",
        coalesce(${LATENCY_MS}, 0) AS "latencyMs",
        coalesce(result.item, score.item) AS item, coalesce(result.candidate, score.candidate) AS candidate, score.evaluator,
        variables, expected
      FROM evaluation_queue AS queued JOIN executions ON executions.id = queued.execution_id
      LEFT JOIN experiment_results AS result ON result.execution_id = queued.execution_id
      LEFT JOIN experiment_scores AS score ON score.execution_id = queued.execution_id
      JOIN dataset_items ON dataset_id = $2 AND dataset_items.item = coalesce(result.item, score.item)
      WHERE queued.experiment_id = $1 ORDER BY ended_at LIMIT ${MAX_AT_ONCE}`,
    values: [id, dataset],
  });
  return rows;
}

async function collect(
  client: PoolClient,
  experiment: Experiment,
  { ended, time }: { readonly ended: Ended; readonly time: ProcessorTime },
): Promise<void> {
  const { item, candidate, evaluator, execution } = ended;
  if (evaluator === null) {
    const error = errorOf(ended);
    const scores = experiment.evaluators.map((definition): NewScore =>
      error ? { state: "failed", error } : scoreOf(definition, ended, time),
    );
    await writeScores(client, experiment, { item, candidate, scores, ...(error && { error }) });
  } else {
    const judge = experiment.evaluators[evaluator] as Judge;
    await writeJudgement(client, experiment, { item, candidate, evaluator, ...judgementOf(judge, ended) });
  }
  await client.query({
    name: "take-from-queue",
    text: "DELETE FROM evaluation_queue WHERE execution_id = $1",
    values: [execution],
  });
}

/** Why an execution has no output that could be scored. */
function errorOf({ state, output, error }: Ended): ExecutionError | undefined {
  if (state === "succeeded") return output === null ? TOO_LARGE : undefined;
  return error ?? CANCELLED;
}

function scoreOf(definition: Definition, { output, ...ended }: Ended, time: ProcessorTime): NewScore {
  if (definition.type === "judge") return { state: "waiting" };
  const { expected, variables, latencyMs, tokens, microUsd } = ended;
  const subject = { output: output ?? "", expected, variables, latencyMs, tokens, microUsd };
  try {
    return { state: "scored", score: time.take(() => applyRule(definition, subject)) };
  } catch (error) {
    if (!(error instanceof ScoreError)) throw error;
    return { state: "failed", error: shown(error) };
  }
}

/** An error that may quote an output: what Postgres stores of it, and no more than a reader wants. */
const shown = ({ code, message }: ScoreError | JudgeError): ExecutionError => ({
  code,
  message: storable(message).slice(0, MAX_MESSAGE),
});

function judgementOf(judge: Judge, ended: Ended): Exclude<NewScore, { state: "waiting" }> {
  const error = errorOf(ended);
  if (error) return { state: "failed", error };
  try {
    return { state: "scored", ...readJudgement(judge, ended.output ?? "") };
  } catch (invalid) {
    if (!(invalid instanceof JudgeError)) throw invalid;
    return { state: "failed", error: shown(invalid) };
  }
}
