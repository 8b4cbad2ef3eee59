import type { PoolClient } from "pg";
import type { Database } from "../shared/database/pool.ts";
import { readBudget, spentLimit } from "../shared/models/budget.ts";
import type { ModelOf } from "../shared/models/by-name.ts";
import { collectEnded } from "./collect.ts";
import {
  endExperiment,
  type Experiment,
  failExperiment,
  lockExperiment,
  postpone,
  readProgress,
} from "./experiment.ts";
import { MAX_IN_FLIGHT, type Started, startExecutions } from "./start.ts";

/** Seconds for which a step may compute between two statements. After that Postgres ends the transaction, and another replica takes the step. */
const MAX_IDLE_SECONDS = 30;
/** Seconds until executions are tried again whose tenant has too much waiting and running, or is suspended. */
const BLOCKED_PAUSE = 5;
const SUSPENDED_PAUSE = 60;

export interface StepOptions {
  readonly database: Database;
  /** Of the operators' models. */
  readonly modelOf: ModelOf;
}

/** An experiment that is due. */
export interface Due {
  readonly id: string;
  readonly tenant: string;
}

export interface Step {
  /** False if another replica has the experiment, or it is over. */
  readonly taken: boolean;
  /** Executions that were started. */
  readonly executions: number;
}

const NOT_TAKEN: Step = { taken: false, executions: 0 };

/**
 * Takes an experiment one step further: scores what has ended, starts what there is room for, and ends it when nothing is left. A step is one
 * transaction, and holds the experiment's row: whoever is killed leaves all as it was, and no two replicas score or start the same.
 */
export function takeStep({ database, modelOf }: StepOptions, { id, tenant }: Due): Promise<Step> {
  return database.asTenant(tenant, async (client) => {
    await client.query(`SET LOCAL idle_in_transaction_session_timeout = '${MAX_IDLE_SECONDS}s'`);
    const experiment = await lockExperiment(client, id);
    if (!experiment) return NOT_TAKEN;
    await collectEnded(client, experiment);
    const started = await start(client, experiment, modelOf);
    if (started === undefined) return { taken: true, executions: 0 };
    await goOn(client, experiment, started);
    return { taken: true, executions: started.executions };
  });
}

/** Undefined if the tenant's budget is exhausted, and the experiment has failed with that. */
async function start(client: PoolClient, experiment: Experiment, modelOf: ModelOf): Promise<Started | undefined> {
  const { waiting } = await readProgress(client, experiment);
  if (waiting === 0 || experiment.suspended) return { executions: 0, blocked: experiment.suspended };
  const spent = spentLimit(await readBudget(client, experiment.tenant));
  if (spent === undefined) return startExecutions(client, experiment, modelOf);
  await failExperiment(client, experiment, { code: "budget_exceeded", message: spent });
  return undefined;
}

async function goOn(client: PoolClient, experiment: Experiment, { blocked }: Started): Promise<void> {
  const { inFlight, waiting } = await readProgress(client, experiment);
  if (inFlight + waiting === 0) return endExperiment(client, experiment);
  const pause = experiment.suspended ? SUSPENDED_PAUSE : blocked ? BLOCKED_PAUSE : 0;
  return postpone(client, experiment, waiting > 0 && inFlight < MAX_IN_FLIGHT ? pause : Number.POSITIVE_INFINITY);
}
