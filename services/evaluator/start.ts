import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import type { Judge, JUDGE_VARIABLES } from "../shared/evaluations/evaluator.ts";
import type { ExecutionError } from "../shared/executions/end-attempt.ts";
import { readUnfinished } from "../shared/executions/unfinished.ts";
import type { ModelOf } from "../shared/models/by-name.ts";
import { modelsFor } from "../shared/models/custom-models.ts";
import { storedName } from "../shared/models/custom-names.ts";
import { loadTemplate } from "../shared/prompts/load-template.ts";
import { promptCall, PromptCallError } from "../shared/prompts/prompt-call.ts";
import { TemplateError } from "../shared/prompts/template.ts";
import { currentCarrier } from "../shared/runtime/tracing.ts";
import { type Candidate, type Cell, type Experiment, readProgress } from "./experiment.ts";
import { writeJudgement, writeScores } from "./scores.ts";

/**
 * Executions of one experiment that wait or run at once. A tenant's executions start in the order in which they were accepted, so no more than
 * these go before what a person asks for meanwhile.
 */
export const MAX_IN_FLIGHT = 10;

/** What a step started. */
export interface Started {
  readonly executions: number;
  /** The tenant has as much waiting and running as it may. */
  readonly blocked: boolean;
}

/** A version of a prompt that is executed for an experiment, and with what. */
interface Asked {
  readonly candidate: Candidate;
  readonly variables: Readonly<Record<string, string>>;
}

/** What a judge's prompt may declare as its variables. */
type JudgeInput = Readonly<Record<(typeof JUDGE_VARIABLES)[number], string>>;

interface Waiting extends Cell {
  readonly variables: Readonly<Record<string, string>>;
  readonly expected: string | null;
}
interface WaitingJudge extends Waiting {
  readonly evaluator: number;
  readonly output: string;
}

/** Starts as many executions as may be in flight: of judges first, so that outputs are scored before more are made. */
export async function startExecutions(
  client: PoolClient,
  experiment: Experiment,
  operators: ModelOf,
): Promise<Started> {
  const starter = new Starter(client, experiment, operators);
  const { inFlight } = await readProgress(client, experiment);
  const room = MAX_IN_FLIGHT - inFlight;
  for (const judge of await readJudges(client, experiment, room)) await starter.startJudge(judge);
  for (const cell of await readPending(client, experiment, room - starter.executions)) await starter.startCell(cell);
  return starter;
}

async function readJudges(client: PoolClient, { id, dataset }: Experiment, most: number): Promise<WaitingJudge[]> {
  const { rows } = await client.query<WaitingJudge>({
    name: "read-waiting-judges",
    text: `SELECT score.item, score.candidate, evaluator, variables, expected, output
      FROM experiment_scores AS score
      JOIN experiment_results AS result USING (experiment_id, item, candidate)
      JOIN executions ON executions.id = result.execution_id
      JOIN dataset_items ON dataset_id = $2 AND dataset_items.item = score.item
      WHERE score.experiment_id = $1 AND score.state = 'waiting' ORDER BY score.item, score.candidate, evaluator LIMIT $3`,
    values: [id, dataset, Math.max(0, most)],
  });
  return rows;
}

async function readPending(client: PoolClient, { id, dataset }: Experiment, most: number): Promise<Waiting[]> {
  const { rows } = await client.query<Waiting>({
    name: "read-pending-results",
    text: `SELECT result.item, candidate, variables, expected
      FROM experiment_results AS result JOIN dataset_items ON dataset_id = $2 AND dataset_items.item = result.item
      WHERE experiment_id = $1 AND state = 'pending' ORDER BY result.item, candidate LIMIT $3`,
    values: [id, dataset, Math.max(0, most)],
  });
  return rows;
}

class Starter implements Started {
  executions = 0;
  blocked = false;

  constructor(
    private readonly client: PoolClient,
    private readonly experiment: Experiment,
    private readonly operators: ModelOf,
  ) {}

  async startCell({ item, candidate: place, variables }: Waiting): Promise<void> {
    const { experiment, client } = this;
    const candidate = experiment.candidates[place] as Candidate;
    const started = await this.#start({ candidate, variables });
    if (started === undefined) return;
    if (typeof started !== "string") {
      const scores = experiment.evaluators.map(() => ({ state: "failed" as const, error: started }));
      await writeScores(client, experiment, { item, candidate: place, scores, error: started });
      return;
    }
    await client.query({
      name: "start-result",
      text: `UPDATE experiment_results SET state = 'executing', execution_id = $4
        WHERE experiment_id = $1 AND item = $2 AND candidate = $3`,
      values: [experiment.id, item, place, started],
    });
  }

  async startJudge({ item, candidate, evaluator, variables, expected, output }: WaitingJudge): Promise<void> {
    const { experiment, client } = this;
    const judge = experiment.evaluators[evaluator] as Judge;
    const given: JudgeInput = { input: JSON.stringify(variables), output, expected: expected ?? "" };
    const model = judge.model ?? (await loadTemplate(client, judge)).model;
    const started = await this.#start({ candidate: { ...judge, model }, variables: given });
    if (started === undefined) return;
    if (typeof started !== "string") {
      await writeJudgement(client, experiment, { item, candidate, evaluator, state: "failed", error: started });
      return;
    }
    await client.query({
      name: "start-judge",
      text: `UPDATE experiment_scores SET state = 'executing', execution_id = $5
        WHERE experiment_id = $1 AND item = $2 AND candidate = $3 AND evaluator = $4`,
      values: [experiment.id, item, candidate, evaluator, started],
    });
  }

  /** Inserts an execution; its id, why it can never be executed, or undefined while the tenant has too much waiting and running. */
  async #start({ candidate, variables }: Asked): Promise<string | ExecutionError | undefined> {
    if (this.blocked) return undefined;
    try {
      const id = await this.#insert({ candidate, variables });
      if (id === undefined) this.blocked = true;
      else this.executions += 1;
      return id;
    } catch (error) {
      if (error instanceof PromptCallError || error instanceof TemplateError)
        return { code: error.code, message: error.message };
      throw error;
    }
  }

  async #insert({ candidate: { model, ...prompt }, variables }: Asked): Promise<string | undefined> {
    const { client, experiment, operators } = this;
    const { tenant, timeoutSeconds } = experiment;
    const template = { ...(await loadTemplate(client, prompt)), model };
    const declared = Object.entries(variables).filter(([name]) => Object.hasOwn(template.variables, name));
    const modelOf = await modelsFor(client, tenant, model, operators);
    const { messages, parameters, outputRules } = promptCall(template, Object.fromEntries(declared), modelOf);
    const { full, heavy, bytes } = await readUnfinished(client, Buffer.byteLength(messages));
    if (heavy && bytes === 0)
      throw new PromptCallError(
        "too_many_bytes",
        "The prompt alone has more bytes than the tenant's prompts may have.",
      );
    if (full || heavy) return undefined;
    const id = randomUUID();
    await client.query({
      name: "execute-for-experiment",
      // Neither a fallback nor an earlier answer says anything of the model that is compared.
      text: `INSERT INTO executions (id, tenant_id, prompt_id, prompt_version, model, messages, parameters, deadline_at, trace, output_rules,
          use_cache, experiment_id)
        VALUES ($1, current_tenant(), $2, $3, $4, $5, $6, now() + make_interval(secs => $7), $8, $9, false, $10)`,
      values: [
        ...[id, prompt.promptId, prompt.version, storedName(tenant, model), messages, parameters, timeoutSeconds],
        ...[currentCarrier(), outputRules ?? null, experiment.id],
      ],
    });
    return id;
  }
}
