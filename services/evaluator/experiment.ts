import type { PoolClient } from "pg";
import type { Definition } from "../shared/evaluations/evaluator.ts";
import type { ExecutionError } from "../shared/executions/end-attempt.ts";

/** An experiment that is running, as a step needs it. Its candidates and evaluators are known by their places. */
export interface Experiment {
  readonly id: string;
  readonly tenant: string;
  readonly dataset: string;
  readonly timeoutSeconds: number;
  /** Nothing is started for a tenant that is suspended. */
  readonly suspended: boolean;
  readonly candidates: readonly Candidate[];
  readonly evaluators: readonly Definition[];
}

export interface Candidate {
  readonly promptId: string;
  readonly version: number;
  readonly model: string;
}

/** A candidate on an item. */
export interface Cell {
  readonly item: number;
  readonly candidate: number;
}

/** Locks an experiment until the transaction ends; undefined if it is not running, or another replica has it. */
export async function lockExperiment(client: PoolClient, id: string): Promise<Experiment | undefined> {
  const { rows } = await client.query<Experiment>({
    name: "lock-experiment",
    text: `SELECT experiments.id, tenant_id AS tenant, dataset_id AS dataset, timeout_seconds AS "timeoutSeconds",
        (SELECT suspended_at IS NOT NULL FROM tenants WHERE tenants.id = tenant_id) AS suspended,
        (SELECT jsonb_agg(jsonb_build_object('promptId', prompt_id, 'version', version, 'model', model) ORDER BY candidate)
          FROM experiment_candidates WHERE experiment_id = experiments.id) AS candidates,
        (SELECT jsonb_agg(definition ORDER BY evaluator)
          FROM experiment_evaluators JOIN evaluators ON evaluators.id = evaluator_id
          WHERE experiment_id = experiments.id) AS evaluators
      FROM experiments WHERE experiments.id = $1 AND state = 'running' FOR UPDATE SKIP LOCKED`,
    values: [id],
  });
  return rows[0];
}

/** How much of an experiment is under way, and left. */
export interface Progress {
  /** Executions that were started and whose ends were not collected. */
  readonly inFlight: number;
  /** Executions that were not started, of candidates and of judges. */
  readonly waiting: number;
}

export async function readProgress(client: PoolClient, { id }: Experiment): Promise<Progress> {
  const { rows } = await client.query<Progress>({
    name: "read-progress",
    text: `SELECT (count(*) FILTER (WHERE state = 'executing'))::int AS "inFlight",
        (count(*) FILTER (WHERE state IN ('pending', 'waiting')))::int AS waiting
      FROM (
        SELECT state FROM experiment_results WHERE experiment_id = $1 AND state IN ('pending', 'executing')
        UNION ALL
        SELECT state FROM experiment_scores WHERE experiment_id = $1 AND state IN ('waiting', 'executing')
      ) AS unfinished`,
    values: [id],
  });
  return rows[0] as Progress;
}

/** Seconds until the experiment is looked at again, unless one of its executions ends before. */
export async function postpone(client: PoolClient, { id }: Experiment, seconds: number): Promise<void> {
  await client.query({
    name: "postpone-experiment",
    text: `UPDATE experiments SET due_at = CASE $2::float8 WHEN 'infinity' THEN 'infinity' ELSE now() + make_interval(secs => $2) END
      WHERE id = $1`,
    values: [id, seconds],
  });
}

/** Ends an experiment of which nothing is left. It has failed if nothing at all was scored. */
export async function endExperiment(client: PoolClient, { id }: Experiment): Promise<void> {
  const error: ExecutionError = { code: "nothing_scored", message: "No output has a score. The results say why." };
  await client.query({
    name: "end-experiment",
    text: `WITH scored AS (
        SELECT EXISTS (SELECT FROM experiment_scores WHERE experiment_id = $1 AND state = 'scored') AS any
      )
      UPDATE experiments SET finished_at = now(), due_at = 'infinity',
        state = CASE WHEN scored.any THEN 'succeeded' ELSE 'failed' END, error = CASE WHEN NOT scored.any THEN $2::jsonb END
      FROM scored WHERE id = $1`,
    values: [id, error],
  });
}

/** Ends an experiment before its end. Its executions that were started end by themselves, and are not scored. */
export async function failExperiment(client: PoolClient, { id }: Experiment, error: ExecutionError): Promise<void> {
  await client.query({
    name: "fail-experiment",
    text: `WITH results AS (
        UPDATE experiment_results SET state = 'cancelled'
        WHERE experiment_id = $1 AND state IN ('pending', 'executing', 'scoring')
      ), scores AS (
        UPDATE experiment_scores SET state = 'cancelled' WHERE experiment_id = $1 AND state IN ('waiting', 'executing')
      )
      UPDATE experiments SET state = 'failed', error = $2, finished_at = now(), due_at = 'infinity' WHERE id = $1`,
    values: [id, error],
  });
}
