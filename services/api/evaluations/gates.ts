import type { PoolClient } from "pg";
import type { z } from "zod";
import { ApiError, InvalidRequest } from "../errors.ts";
import type { gate, gateInput, override } from "./schemas.ts";

export type Gate = z.output<typeof gate>;
export type GateInput = z.output<typeof gateInput>;
export type Override = z.output<typeof override>;

/** Overrides that are listed. */
const MAX_LISTED = 100;
const GATE = `label, dataset_id AS "datasetId", evaluator_id AS "evaluatorId", min_mean AS "minMean", min_pass_rate AS "minPassRate"`;

/** A version that a label is to name. */
export interface Move {
  readonly prompt: string;
  readonly label: string;
  readonly version: number;
}

export async function listGates(client: PoolClient, prompt: string): Promise<Gate[]> {
  const { rows } = await client.query<Gate>(`SELECT ${GATE} FROM label_gates WHERE prompt_id = $1 ORDER BY label`, [
    prompt,
  ]);
  return rows;
}

/** Sets the gate of a label, or replaces it. Throws an InvalidRequest if the dataset or the evaluator does not exist. */
export async function setGate(client: PoolClient, prompt: string, label: string, input: GateInput): Promise<Gate> {
  const { datasetId, evaluatorId, minMean = null, minPassRate = null } = input;
  const { rows: known } = await client.query<{ dataset: boolean; evaluator: boolean }>(
    `SELECT EXISTS (SELECT FROM datasets WHERE id = $1) AS dataset, EXISTS (SELECT FROM evaluators WHERE id = $2) AS evaluator`,
    [datasetId, evaluatorId],
  );
  const faults = [
    ...(known[0]?.dataset ? [] : [{ path: "body/datasetId", message: "names no dataset; create it first" }]),
    ...(known[0]?.evaluator ? [] : [{ path: "body/evaluatorId", message: "names no evaluator; create it first" }]),
  ];
  if (faults.length > 0) throw new InvalidRequest(faults);
  const { rows } = await client.query<Gate>(
    `INSERT INTO label_gates (prompt_id, label, tenant_id, dataset_id, evaluator_id, min_mean, min_pass_rate)
      VALUES ($1, $2, current_tenant(), $3, $4, $5, $6)
      ON CONFLICT (prompt_id, label) DO UPDATE SET dataset_id = excluded.dataset_id, evaluator_id = excluded.evaluator_id,
        min_mean = excluded.min_mean, min_pass_rate = excluded.min_pass_rate
      RETURNING ${GATE}`,
    [prompt, label, datasetId, evaluatorId, minMean, minPassRate],
  );
  return rows[0] as Gate;
}

/** Throws `not_found`. */
export async function removeGate(client: PoolClient, prompt: string, label: string): Promise<void> {
  const { rowCount } = await client.query("DELETE FROM label_gates WHERE prompt_id = $1 AND label = $2", [
    prompt,
    label,
  ]);
  if (rowCount === 0) throw new ApiError("not_found");
}

export async function listOverrides(client: PoolClient, prompt: string): Promise<Override[]> {
  const { rows } = await client.query<Override>(
    `SELECT id, label, version, reason, overridden_by AS "overriddenBy", created_at AS "createdAt"
      FROM label_overrides WHERE prompt_id = $1 ORDER BY created_at DESC, id DESC LIMIT ${MAX_LISTED}`,
    [prompt],
  );
  return rows;
}

/** Records that somebody lets a label name a version in spite of its gate; the id of the record. */
export async function recordOverride(
  client: PoolClient,
  { prompt, label, version }: Move,
  { reason, by }: { readonly reason: string; readonly by: string },
): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO label_overrides (tenant_id, prompt_id, label, version, reason, overridden_by)
      VALUES (current_tenant(), $1, $2, $3, $4, $5) RETURNING id`,
    [prompt, label, version, reason, by],
  );
  return rows[0]?.id ?? "";
}

/** The last experiment that counts for a gate, and what the version reached in it. */
interface Reached {
  readonly name: string;
  readonly mean: number;
  readonly passRate: number;
  /** Items of the dataset that it did not run. */
  readonly missing: number;
}

/** Why a gate refuses that a label names a version, and what to do; undefined if it does not. */
export async function gateFault(client: PoolClient, move: Move): Promise<string | undefined> {
  const { rows } = await client.query<Gate & { readonly dataset: string; readonly evaluator: string }>(
    `SELECT ${GATE}, datasets.name AS dataset, evaluators.name AS evaluator
      FROM label_gates JOIN datasets ON datasets.id = dataset_id JOIN evaluators ON evaluators.id = evaluator_id
      WHERE prompt_id = $1 AND label = $2`,
    [move.prompt, move.label],
  );
  const [found] = rows;
  if (!found) return undefined;
  const reached = await readReached(client, move, found);
  const fault = faultOf(found, reached);
  if (fault === undefined) return undefined;
  const minimums = [
    ...(found.minMean === null ? [] : [`a mean score of ${found.minMean}`]),
    ...(found.minPassRate === null ? [] : [`a pass rate of ${found.minPassRate}`]),
  ];
  const name = `${move.label}-v${move.version}-${new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14)}`;
  const next = `{"name":"${name}","datasetId":"${found.datasetId}","evaluatorIds":["${found.evaluatorId}"],"candidates":[{"promptId":"${move.prompt}","version":${move.version}}]}`;
  return `'${move.label}' needs at least ${minimums.join(" and ")} by '${found.evaluator}' on '${found.dataset}'. ${fault} Run POST /experiments with ${next}, or name another version.`;
}

function faultOf({ minMean, minPassRate }: Gate, reached: Reached | undefined): string | undefined {
  if (!reached) return "No experiment there has succeeded with this version and its own model.";
  const { name, mean, passRate, missing } = reached;
  if (missing > 0) return `The last experiment, '${name}', did not run ${missing} items that the dataset has now.`;
  if (mean >= (minMean ?? 0) && passRate >= (minPassRate ?? 0)) return undefined;
  return `In the last experiment, '${name}', it reached a mean of ${rounded(mean)} and a pass rate of ${rounded(passRate)}.`;
}

const rounded = (share: number): number => Math.floor(share * 10_000) / 10_000;

/** An item without a score counts as 0 here: a gate must not open because hard items failed. */
async function readReached(
  client: PoolClient,
  { prompt, version }: Move,
  { datasetId, evaluatorId }: Gate,
): Promise<Reached | undefined> {
  const { rows } = await client.query<Reached>(
    `SELECT experiments.name, coalesce(sum(score), 0) / count(*) AS mean,
        (count(*) FILTER (WHERE score >= (definition->>'threshold')::float8))::float8 / count(*) AS "passRate",
        (SELECT count(*) FROM dataset_items WHERE dataset_id = $1 AND removed_at IS NULL AND NOT EXISTS (
          SELECT FROM experiment_results AS ran WHERE ran.experiment_id = experiments.id AND ran.item = dataset_items.item
        ))::int AS missing
      FROM experiments
      JOIN experiment_candidates AS candidates ON candidates.experiment_id = experiments.id
      JOIN prompt_versions ON prompt_versions.prompt_id = candidates.prompt_id AND prompt_versions.version = candidates.version
        AND prompt_versions.model = candidates.model
      JOIN experiment_evaluators AS used ON used.experiment_id = experiments.id AND used.evaluator_id = $2
      JOIN evaluators ON evaluators.id = used.evaluator_id
      JOIN experiment_scores AS scores ON scores.experiment_id = experiments.id AND scores.candidate = candidates.candidate
        AND scores.evaluator = used.evaluator
      WHERE experiments.dataset_id = $1 AND experiments.state = 'succeeded'
        AND candidates.prompt_id = $3 AND candidates.version = $4
      GROUP BY experiments.id, candidates.candidate ORDER BY experiments.finished_at DESC, experiments.id LIMIT 1`,
    [datasetId, evaluatorId, prompt, version],
  );
  return rows[0];
}
