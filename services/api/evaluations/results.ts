import type { PoolClient } from "pg";
import type { z } from "zod";
import { LATENCY_MS, TOKENS } from "../../shared/evaluations/figures.ts";
import type { Experiment } from "./experiments.ts";
import type { CandidateSummary, experimentDetail, resultsOfItem, ScoreSummary } from "./schemas.ts";
import { pairedInterval, wilsonInterval } from "./statistics.ts";

type Summary = Pick<z.output<typeof experimentDetail>, "summary" | "judges">;
export type ItemResults = z.output<typeof resultsOfItem>;

/** Characters of an output that a page of results has. */
const MAX_OUTPUT = 20_000;

/** The figures of an experiment, from its rows: they may be read while it is running. */
export async function summarize(client: PoolClient, experiment: Experiment): Promise<Summary> {
  const scores = await readScores(client, experiment);
  const executions = await readExecutions(client, experiment);
  const summary = experiment.candidates.map((candidate, place): CandidateSummary => {
    const { p50, p95, ...used } = executions[place] as Executions;
    return {
      ...{ ...candidate, ...used, candidate: place },
      latencyMs: p50 === null || p95 === null ? null : { p50, p95 },
      scores: scores.filter((each) => each.candidate === place).map(({ candidate: _, ...score }) => score),
    };
  });
  return { summary, judges: await readJudges(client, experiment) };
}

interface Executions {
  readonly failures: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly tokens: number;
  readonly microUsd: number | null;
}

async function readExecutions(client: PoolClient, { id }: Experiment): Promise<Executions[]> {
  const { rows } = await client.query<Executions>(
    `SELECT count(*) FILTER (WHERE result.state = 'failed')::int AS failures,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY ${LATENCY_MS}) FILTER (WHERE executions.state = 'succeeded') AS p50,
        percentile_disc(0.95) WITHIN GROUP (ORDER BY ${LATENCY_MS}) FILTER (WHERE executions.state = 'succeeded') AS p95,
        coalesce(sum(${TOKENS}), 0)::bigint AS tokens, sum(cost_micro_usd)::bigint AS "microUsd"
      FROM experiment_results AS result LEFT JOIN executions ON executions.id = result.execution_id
      WHERE result.experiment_id = $1 GROUP BY candidate ORDER BY candidate`,
    [id],
  );
  return rows;
}

async function readJudges(client: PoolClient, { id }: Experiment): Promise<Summary["judges"]> {
  const { rows } = await client.query<Summary["judges"]>(
    `SELECT count(*)::int AS executions, coalesce(sum(${TOKENS}), 0)::bigint AS tokens, sum(cost_micro_usd)::bigint AS "microUsd"
      FROM experiment_scores JOIN executions ON executions.id = execution_id WHERE experiment_scores.experiment_id = $1`,
    [id],
  );
  return rows[0] as Summary["judges"];
}

interface Counted {
  readonly candidate: number;
  readonly evaluatorId: string;
  readonly scored: number;
  readonly failures: number;
  readonly mean: number | null;
  readonly passed: number;
  /** Items with a score of this candidate and of the first one. */
  readonly pairs: number;
  readonly difference: number | null;
  readonly deviation: number | null;
}

async function readScores(
  client: PoolClient,
  { id }: Experiment,
): Promise<(ScoreSummary & { readonly candidate: number })[]> {
  const { rows } = await client.query<Counted>(
    `SELECT candidates.candidate, evaluator_id AS "evaluatorId", count(own.score)::int AS scored,
        (count(*) FILTER (WHERE own.state = 'failed'))::int AS failures, avg(own.score) AS mean,
        (count(*) FILTER (WHERE own.score >= (definition->>'threshold')::float8))::int AS passed,
        count(own.score - first.score)::int AS pairs, avg(own.score - first.score) AS difference,
        stddev_samp(own.score - first.score) AS deviation
      FROM experiment_candidates AS candidates
      JOIN experiment_evaluators AS used ON used.experiment_id = $1
      JOIN evaluators ON evaluators.id = evaluator_id
      LEFT JOIN experiment_scores AS own
        ON own.experiment_id = $1 AND own.candidate = candidates.candidate AND own.evaluator = used.evaluator
      LEFT JOIN experiment_scores AS first ON first.experiment_id = $1 AND first.item = own.item AND first.evaluator = own.evaluator
        AND first.candidate = 0 AND own.candidate > 0
      WHERE candidates.experiment_id = $1
      GROUP BY candidates.candidate, used.evaluator, evaluator_id ORDER BY candidates.candidate, used.evaluator`,
    [id],
  );
  return rows.map(({ pairs, difference, deviation, ...counted }) => {
    const { scored, passed } = counted;
    const mean = difference ?? 0;
    return {
      ...counted,
      passRate: scored === 0 ? null : passed / scored,
      passRateInterval: asTuple(wilsonInterval(passed, scored)),
      difference:
        pairs === 0
          ? null
          : { pairs, mean, interval: asTuple(pairedInterval({ pairs, mean, deviation: deviation ?? 0 })) },
    };
  });
}

const asTuple = (interval: readonly [number, number] | null): [number, number] | null => interval && [...interval];

/** Items with their results, side by side for all candidates. */
export async function readItemResults(
  client: PoolClient,
  { id, datasetId }: Experiment,
  { limit, after }: { readonly limit: number; readonly after: number },
): Promise<ItemResults[]> {
  const { rows } = await client.query<ItemResults>(
    `SELECT item, variables, expected, tags, (
        SELECT jsonb_agg(jsonb_build_object(
          'candidate', candidate, 'state', result.state, 'executionId', execution_id, 'error', result.error,
          'output', left(output, ${MAX_OUTPUT}), 'latencyMs', ${LATENCY_MS}, 'microUsd', cost_micro_usd,
          'tokens', CASE WHEN executions.finished_at IS NOT NULL THEN ${TOKENS} END,
          'scores', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
              'evaluatorId', evaluator_id, 'state', score.state, 'score', score.score, 'reason', reason, 'error', score.error,
              'executionId', score.execution_id
            ) ORDER BY evaluator), '[]')
            FROM experiment_scores AS score JOIN experiment_evaluators USING (experiment_id, evaluator)
            WHERE experiment_id = $1 AND score.item = result.item AND score.candidate = result.candidate
          )
        ) ORDER BY candidate)
        FROM experiment_results AS result LEFT JOIN executions ON executions.id = execution_id
        WHERE result.experiment_id = $1 AND result.item = dataset_items.item
      ) AS results
      FROM dataset_items
      WHERE dataset_id = $2 AND item > $3
        AND EXISTS (SELECT FROM experiment_results AS ran WHERE ran.experiment_id = $1 AND ran.item = dataset_items.item)
      ORDER BY item LIMIT $4`,
    [id, datasetId, after, limit],
  );
  return rows;
}
