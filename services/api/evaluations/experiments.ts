import type { PoolClient } from "pg";
import type { z } from "zod";
import { EVALUATIONS_DUE } from "../../shared/evaluations/contract.ts";
import { cancelExecution } from "../../shared/executions/cancel.ts";
import { readBudget } from "../../shared/models/budget.ts";
import type { ModelOf } from "../../shared/models/by-name.ts";
import { modelsFor } from "../../shared/models/custom-models.ts";
import { misfitOf } from "../../shared/models/misfit.ts";
import { BOTH_NAMED } from "../../shared/prompts/labels.ts";
import type { PromptTemplate } from "../../shared/prompts/prompt-call.ts";
import { ApiError, type FieldFault, InvalidRequest } from "../errors.ts";
import { namedVersion } from "../labels.ts";
import { refuseOverBudget } from "../limits.ts";
import { readDataset, refuseTakenName } from "./datasets.ts";
import type { CandidateInput, experiment, ExperimentInput } from "./schemas.ts";

/** Experiments of a tenant that run at once. */
const MAX_RUNNING = 5;
/** Experiments that a tenant may create in 24 hours: each one may have 10,000 results. */
const MAX_A_DAY = 200;

export type Experiment = z.output<typeof experiment>;

const EXPERIMENT = `experiments.id, name, dataset_id AS "datasetId", state, error, timeout_seconds AS "timeoutSeconds",
  candidates.list AS candidates,
  ARRAY(SELECT evaluator_id FROM experiment_evaluators WHERE experiment_id = experiments.id ORDER BY evaluator) AS "evaluatorIds",
  items, items * candidates.count AS results,
  CASE state WHEN 'running' THEN (
    SELECT count(*)::int FROM experiment_results
    WHERE experiment_id = experiments.id AND experiment_results.state IN ('scored', 'failed', 'cancelled')
  ) ELSE items * candidates.count END AS "endedResults", created_at AS "createdAt", finished_at AS "finishedAt"`;
const CANDIDATES = `LATERAL (
    SELECT count(*)::int AS count,
      jsonb_agg(jsonb_build_object('promptId', prompt_id, 'version', version, 'label', label, 'model', model) ORDER BY candidate) AS list
    FROM experiment_candidates WHERE experiment_id = experiments.id
  ) AS candidates`;

/** Throws `not_found`. */
export async function readExperiment(client: PoolClient, id: string): Promise<Experiment> {
  const { rows } = await client.query<Experiment>(
    `SELECT ${EXPERIMENT} FROM experiments, ${CANDIDATES} WHERE id = $1`,
    [id],
  );
  if (!rows[0]) throw new ApiError("not_found");
  return rows[0];
}

export async function listExperiments(
  client: PoolClient,
  { limit, before }: { readonly limit: number; readonly before?: string | undefined },
): Promise<Experiment[]> {
  const { rows } = await client.query<Experiment>(
    `SELECT ${EXPERIMENT} FROM experiments, ${CANDIDATES}
      WHERE $2::uuid IS NULL OR (created_at, id) < (SELECT created_at, id FROM experiments WHERE id = $2)
      ORDER BY created_at DESC, id DESC LIMIT $1`,
    [limit, before ?? null],
  );
  return rows;
}

export interface CreateOptions {
  readonly tenant: string;
  /** Of the operators' models. */
  readonly modelOf: ModelOf;
}

/** Creates an experiment on the items that its dataset has now. Throws an ApiError or InvalidRequest that says why not. */
export async function createExperiment(
  client: PoolClient,
  input: ExperimentInput,
  options: CreateOptions,
): Promise<Experiment> {
  await refuseTooManyRunning(client, options.tenant);
  refuseOverBudget(await readBudget(client, options.tenant));
  const { items } = await readDataset(client, input.datasetId);
  if (items === 0)
    throw new InvalidRequest([{ path: "body/datasetId", message: "names a dataset without items; add some" }]);
  await requireEvaluators(client, input.evaluatorIds);
  const candidates = await resolveCandidates(client, input.candidates, options);
  const { rows } = await client
    .query<{ id: string }>(
      `INSERT INTO experiments (tenant_id, name, dataset_id, timeout_seconds) VALUES (current_tenant(), $1, $2, $3) RETURNING id`,
      [input.name, input.datasetId, input.timeoutSeconds],
    )
    .catch(refuseTakenName(`There is an experiment '${input.name}'. Take another name.`));
  const id = rows[0]?.id ?? "";
  await insertParts(client, id, { ...input, candidates });
  await client.query("SELECT pg_notify($1, '')", [EVALUATIONS_DUE]);
  return readExperiment(client, id);
}

/** One request of a tenant at a time passes; others do not wait with a connection of the pool. */
async function refuseTooManyRunning(client: PoolClient, tenant: string): Promise<void> {
  const { rows: locks } = await client.query<{ locked: boolean }>(
    "SELECT pg_try_advisory_xact_lock(hashtext('experiments'), hashtext($1)) AS locked",
    [tenant],
  );
  if (!locks[0]?.locked)
    throw new ApiError("limit_reached", "Another request is creating an experiment. Wait until it has.");
  const { rows } = await client.query<{ running: number; today: number; next: string | null }>(
    `SELECT (SELECT count(*)::int FROM experiments WHERE state = 'running') AS running,
        count(*)::int AS today, min(created_at) + interval '1 day' AS next
      FROM experiments WHERE created_at > now() - interval '1 day'`,
  );
  const { running = 0, today = 0, next } = rows[0] ?? {};
  if (running >= MAX_RUNNING)
    throw new ApiError(
      "limit_reached",
      `${MAX_RUNNING} experiments may run at once. Wait until one has ended, or cancel it.`,
    );
  if (today >= MAX_A_DAY)
    throw new ApiError(
      "limit_reached",
      `${MAX_A_DAY} experiments may be created in 24 hours. Create the next one at ${next} or later.`,
    );
}

async function requireEvaluators(client: PoolClient, ids: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ id: string }>("SELECT id FROM evaluators WHERE id = ANY ($1)", [ids]);
  const known = new Set(rows.map(({ id }) => id));
  const faults = ids.flatMap((id, index) =>
    known.has(id) ? [] : [{ path: `body/evaluatorIds/${index}`, message: "names no evaluator; create it first" }],
  );
  if (faults.length > 0) throw new InvalidRequest(faults);
}

interface Candidate {
  readonly promptId: string;
  readonly version: number;
  readonly label: string | null;
  readonly model: string;
}

async function resolveCandidates(
  client: PoolClient,
  inputs: readonly CandidateInput[],
  options: CreateOptions,
): Promise<Candidate[]> {
  const faults: FieldFault[] = [];
  const candidates: Candidate[] = [];
  for (const [index, input] of inputs.entries()) {
    const resolved = await resolveCandidate(client, input, options);
    if ("message" in resolved)
      faults.push({ path: `body/candidates/${index}${resolved.path}`, message: resolved.message });
    else candidates.push(resolved);
  }
  if (faults.length > 0) throw new InvalidRequest(faults);
  return candidates;
}

async function resolveCandidate(
  client: PoolClient,
  { promptId, version, label, model: named }: CandidateInput,
  { tenant, modelOf }: CreateOptions,
): Promise<Candidate | FieldFault> {
  if (version !== undefined && label !== undefined) return { path: "/label", message: BOTH_NAMED };
  const { rows } = await client.query<PromptTemplate & { readonly version: number }>(
    `SELECT prompt_versions.version, model, messages, parameters
      FROM prompts JOIN prompt_versions ON prompt_id = prompts.id AND version = ${namedVersion("$2", "$3")}
      WHERE prompts.id = $1`,
    [promptId, version ?? null, label ?? null],
  );
  const [found] = rows;
  if (!found) return { path: "/promptId", message: "names no prompt with this version or label" };
  const model = named ?? found.model;
  const served = (await modelsFor(client, tenant, model, modelOf))(model);
  if (!served)
    return { path: "/model", message: `is '${model}', which no endpoint serves; GET /models lists those that are` };
  const misfit = misfitOf(served, found, { filledIn: false });
  if (misfit) return { path: "/model", message: `does not fit: the prompt's ${misfit.path} ${misfit.reason}` };
  return { promptId, version: found.version, label: label ?? null, model };
}

async function insertParts(
  client: PoolClient,
  id: string,
  {
    datasetId,
    candidates,
    evaluatorIds,
  }: Pick<ExperimentInput, "datasetId" | "evaluatorIds"> & { readonly candidates: readonly Candidate[] },
): Promise<void> {
  await client.query(
    `INSERT INTO experiment_candidates (experiment_id, candidate, tenant_id, prompt_id, version, label, model)
      SELECT $1, place - 1, current_tenant(), (given->>'promptId')::uuid, (given->>'version')::int, given->>'label', given->>'model'
      FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS each (given, place)`,
    [id, JSON.stringify(candidates)],
  );
  await client.query(
    `INSERT INTO experiment_evaluators (experiment_id, evaluator, tenant_id, evaluator_id)
      SELECT $1, place - 1, current_tenant(), given FROM unnest($2::uuid[]) WITH ORDINALITY AS each (given, place)`,
    [id, evaluatorIds],
  );
  await client.query(
    `WITH items AS (
        SELECT item FROM dataset_items WHERE dataset_id = $2 AND removed_at IS NULL
      ), results AS (
        INSERT INTO experiment_results (experiment_id, item, candidate, tenant_id)
        SELECT $1, item, candidate, current_tenant() FROM items, generate_series(0, $3::int - 1) AS candidate
      )
      UPDATE experiments SET items = (SELECT count(*) FROM items) WHERE id = $1`,
    [id, datasetId, candidates.length],
  );
}

/** Cancels an experiment with its executions; their ids. Throws `already_ended` or `not_found`. */
export async function cancelExperiment(client: PoolClient, id: string): Promise<string[]> {
  const { rowCount } = await client.query(
    "UPDATE experiments SET state = 'cancelled', finished_at = now() WHERE id = $1 AND state = 'running'",
    [id],
  );
  if (rowCount === 0) throw new ApiError("already_ended", `It is '${(await readExperiment(client, id)).state}'.`);
  const { rows } = await client.query<{ id: string }>(
    "SELECT id FROM executions WHERE experiment_id = $1 AND finished_at IS NULL ORDER BY id",
    [id],
  );
  for (const execution of rows) await cancelExecution(client, execution.id);
  await client.query(
    "UPDATE experiment_scores SET state = 'cancelled' WHERE experiment_id = $1 AND state IN ('waiting', 'executing')",
    [id],
  );
  await client.query(
    "UPDATE experiment_results SET state = 'cancelled' WHERE experiment_id = $1 AND state IN ('pending', 'executing', 'scoring')",
    [id],
  );
  return rows.map((execution) => execution.id);
}
