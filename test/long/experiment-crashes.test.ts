import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServiceProcess } from "../../local/service-process.ts";
import { type Stack, type Tenant, until } from "../services/stack.ts";
import { newPrompt, startEvaluationStack, versionOf } from "../services/evaluation-stack.ts";
import {
  endOf,
  itemsOf,
  newDataset,
  newEvaluator,
  newExperiment,
  readExperiment,
} from "../services/evaluation-calls.ts";

const ITEMS = 40;

let stack: Stack;
let one: Tenant;
let database: Client;
let prompt: string;
let exact: string;
let judge: string;
beforeAll(async () => {
  stack = await startEvaluationStack({ workers: 0, simulator: { tokenMilliseconds: 20 } });
  one = await stack.tenant("one");
  database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
  prompt = await newPrompt(one, "echo", "[{{text}}]", "[{{text}}!]");
  exact = await newEvaluator(one, { type: "equals" });
  const judging = await one.prompt("judge", versionOf('[{"score": 0.5}]{{output}}', { output: {} }));
  judge = await newEvaluator(one, { type: "judge", promptId: judging });
});
afterAll(async () => {
  await database.end();
  await stack.stop();
});

const rows = async <Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> =>
  (await database.query<Row>(sql, values)).rows;

const texts = (count: number): string[] => Array.from({ length: count }, (_, number) => `item-${number}`);

const experiment = async (items: number, evaluatorIds: readonly string[]): Promise<string> =>
  newExperiment(one, {
    ...{ datasetId: await newDataset(one, itemsOf(...texts(items))), evaluatorIds },
    candidates: [
      { promptId: prompt, version: 1 },
      { promptId: prompt, version: 2 },
    ],
  });

const WORKERS = ["worker-0", "worker-1"];
const EVALUATORS = ["evaluator-0", "evaluator-1"];
const running = new Map<string, ServiceProcess>();
async function start(name: string): Promise<void> {
  const starting = WORKERS.includes(name) ? stack.platform.startWorker(name) : stack.platform.startEvaluator(name);
  running.set(name, await starting);
}
const kill = async (name: string): Promise<void> => running.get(name)?.kill();

/** Closes the services' connections to Postgres, as a failover does. */
const breakConnections = (): Promise<object[]> =>
  rows(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN ('promptops_evaluator', 'promptops_worker')",
  );

describe("an experiment whose evaluators and workers are killed", () => {
  test("executes and scores each candidate on each item once", async () => {
    const id = await experiment(ITEMS, [exact, judge]);
    let seen = 0;
    /** Resolves when some more results have ended, or all. */
    const progress = (): Promise<true> =>
      until("results to end", async () => {
        const { endedResults, results } = await readExperiment(one, id);
        if (endedResults < Math.min(seen + 5, results)) return undefined;
        seen = endedResults;
        return true;
      });
    await Promise.all([...EVALUATORS, ...WORKERS].map(start));
    for (const name of ["evaluator-0", "worker-0", "evaluator-1", "worker-1", "evaluator-0", "evaluator-1"]) {
      await progress();
      await kill(name);
      await start(name);
    }
    await breakConnections();
    const { state, summary, judges } = await endOf(one, id);
    expect(state).toBe("succeeded");
    const scores = (mean: number): object[] => [
      { scored: ITEMS, failures: 0, mean },
      { scored: ITEMS, failures: 0, mean: 0.5 },
    ];
    expect(summary).toMatchObject([
      { failures: 0, scores: scores(1) },
      { failures: 0, scores: scores(0) },
    ]);
    expect(judges.executions).toBe(2 * ITEMS);
    const [counted] = await rows<object>(
      `SELECT count(*)::int AS executions, count(DISTINCT execution_id)::int AS used, (SELECT count(*)::int FROM evaluation_queue) AS queued
      FROM executions LEFT JOIN (
        SELECT execution_id FROM experiment_results UNION ALL SELECT execution_id FROM experiment_scores
      ) AS results ON execution_id = id
      WHERE experiment_id = $1`,
      id,
    );
    expect(counted).toEqual({ executions: 4 * ITEMS, used: 4 * ITEMS, queued: 0 });
  });
});

describe("an experiment that is cancelled", () => {
  test("ends with its executions, and nothing of it is executed afterwards", async () => {
    await Promise.all(WORKERS.map(kill));
    const id = await experiment(20, [exact]);
    const unfinished = async (): Promise<number> =>
      (await rows("SELECT FROM executions WHERE experiment_id = $1 AND finished_at IS NULL", id)).length;
    await until("executions to start", async () => ((await unfinished()) === 10 ? true : undefined));
    const { status, body } = await one.call("POST", `/experiments/${id}/cancel`);
    expect([status, body.state, body.endedResults]).toEqual([200, "cancelled", 40]);
    expect(await unfinished()).toBe(0);
    expect((await one.call("POST", `/experiments/${id}/cancel`)).body.code).toBe("already_ended");
    await Promise.all(WORKERS.map(start));
    // Another one runs to its end.
    await endOf(one, await experiment(1, [exact]));
    await until("the queue to be empty", async () =>
      (await rows("SELECT FROM evaluation_queue")).length === 0 ? true : undefined,
    );
    expect(await rows("SELECT FROM executions WHERE experiment_id = $1", id)).toHaveLength(10);
  });
});

describe("a tenant's limits", () => {
  const limit = (limits: string): Promise<object[]> => rows(`UPDATE tenants SET ${limits} WHERE name = 'one'`);

  test("let an experiment wait while the tenant has too many executions", async () => {
    await limit("most_executions = 3");
    const id = await experiment(8, [exact]);
    let most = 0;
    await until("the experiment to end", async () => {
      const found = await rows("SELECT FROM executions WHERE experiment_id = $1 AND finished_at IS NULL", id);
      most = Math.max(most, found.length);
      return (await readExperiment(one, id)).state === "running" ? undefined : true;
    });
    await limit("most_executions = 10000");
    expect(most).toBeLessThanOrEqual(3);
    expect((await readExperiment(one, id)).state).toBe("succeeded");
  });

  test("end an experiment with the budget, which refuses the next one", async () => {
    const id = await experiment(100, [exact]);
    await limit("hard_monthly_tokens = 1");
    const { state, error } = await endOf(one, id);
    expect([state, error?.code]).toEqual(["failed", "budget_exceeded"]);
    await expect(experiment(1, [exact])).rejects.toThrow("budget_exceeded");
    await limit("hard_monthly_tokens = NULL");
  });

  test("start nothing of a suspended tenant's experiment, until it is resumed", async () => {
    const operator = await stack.operator();
    const [found] = await rows<{ id: string }>("SELECT id FROM tenants WHERE name = 'one'");
    await limit("most_executions = 1");
    const id = await experiment(3, [exact]);
    await operator.call("POST", `/admin/tenants/${found?.id}/suspend`);
    const dueLater = (): Promise<true> =>
      until("the evaluator to leave the experiment", async () => {
        const later = await rows("SELECT FROM experiments WHERE id = $1 AND due_at > now() + interval '30 s'", id);
        return later.length === 1 ? true : undefined;
      });
    await dueLater();
    await operator.call("POST", `/admin/tenants/${found?.id}/resume`);
    await limit("most_executions = 10000");
    await rows("UPDATE experiments SET due_at = now() WHERE id = $1", id);
    expect((await endOf(one, id)).state).toBe("succeeded");
  });
});
