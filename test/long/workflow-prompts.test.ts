import { afterAll, beforeAll, expect, test } from "vitest";
import { takeLeases } from "../../services/shared/executions/claim.ts";
import { endAttempt, type Outcome } from "../../services/shared/executions/end-attempt.ts";
import type { Lease } from "../../services/shared/executions/lease.ts";
import { modelsByName } from "../../services/shared/models/by-name.ts";
import { type Suspension, suspendWorkflow, WORKFLOWS } from "../../services/shared/workflows/queue.ts";
import { runWorkflow, type WorkflowAttempt } from "../../services/worker/workflows/run-workflow.ts";
import { type ExecutionDatabase, roomFor, startExecutionDatabase } from "../services/execution-database.ts";
import { modelWith } from "../services/model-with.ts";
import { queueWorkflow } from "../services/queue-workflow.ts";

let database: ExecutionDatabase;
beforeAll(async () => {
  database = await startExecutionDatabase();
});
afterAll(async () => {
  await database.stop();
});

const node = {
  name: "a",
  type: "prompt",
  prompt: "echo",
  variables: {},
  after: [],
  onFailure: "fail",
  timeoutSeconds: 60,
};

async function take(): Promise<Lease> {
  const { leases } = await takeLeases(database.worker, WORKFLOWS, roomFor(1));
  return leases[0] as Lease;
}

const advance = (lease: Lease, models: readonly ReturnType<typeof modelWith>[]): Promise<WorkflowAttempt> =>
  runWorkflow(lease, {
    ...{ database: database.worker, log: database.log, modelOf: modelsByName({ models }), onStarted: () => undefined },
  });

/** Executes a workflow of one prompt, as far as a worker takes it at once. */
async function run(tenant: string, models: readonly ReturnType<typeof modelWith>[]): Promise<WorkflowAttempt> {
  await queueWorkflow(database, tenant, [node]);
  return advance(await take(), models);
}

const childrenOf = (tenant: string): Promise<object[]> =>
  database.rows("SELECT model, fallbacks FROM executions WHERE tenant_id = $1 AND parent_id IS NOT NULL", [tenant]);

test("a node's prompt has the fallbacks of its model that are served", async () => {
  const tenant = await database.tenant("falls-back");
  const models = [modelWith({ fallbacks: ["spare", "gone"] }), modelWith({ name: "spare" })];
  expect((await run(tenant, models)).outcome).toMatchObject({ state: "waiting" });
  expect(await childrenOf(tenant)).toEqual([{ model: "simulated", fallbacks: ["spare"] }]);
});

test("a workflow's usage and cost are those of its prompts, and are not counted a second time", async () => {
  const tenant = await database.tenant("costs");
  await queueWorkflow(database, tenant, [node]);
  const first = await take();
  await suspendWorkflow(database.worker, first, (await advance(first, [modelWith()])).outcome as Suspension);
  await database.rows(
    `UPDATE executions SET state = 'succeeded', output = 'x', finished_at = now(), cost_micro_usd = 7, price_as_of = '2026-11-28',
      usage = '{"promptTokens": 2, "completionTokens": 3}' WHERE tenant_id = $1 AND parent_id IS NOT NULL`,
    [tenant],
  );
  // The end of its prompt has queued it.
  const lease = await take();
  const { outcome, spent } = await advance(lease, [modelWith()]);
  expect(await endAttempt(database.worker, lease, outcome as Outcome, spent)).toBe(true);
  const [ended] = await database.rows(
    `SELECT state, usage, cost_micro_usd::int AS cost, price_as_of::text AS day FROM executions
    WHERE tenant_id = $1 AND parent_id IS NULL`,
    [tenant],
  );
  const usage = { promptTokens: 2, completionTokens: 3 };
  expect(ended).toEqual({ state: "succeeded", usage, cost: 7, day: "2026-11-28" });
  expect(await database.rows("SELECT FROM token_usage WHERE tenant_id = $1", [tenant])).toEqual([]);
});

test("a node begins no prompt when the tenant's budget is spent", async () => {
  const tenant = await database.tenant("spent");
  await database.rows("UPDATE tenants SET hard_monthly_tokens = 0 WHERE id = $1", [tenant]);
  expect((await run(tenant, [modelWith()])).outcome).toMatchObject({ error: { code: "budget_exceeded" } });
  expect(await childrenOf(tenant)).toEqual([]);
});

test("a node begins no prompt that its model would refuse", async () => {
  const tenant = await database.tenant("misfit");
  await database.rows(`UPDATE prompt_versions SET parameters = '{"max_tokens": 100}' WHERE tenant_id = $1`, [tenant]);
  const { outcome } = await run(tenant, [modelWith({ maxOutputTokens: 10 })]);
  expect(outcome).toMatchObject({ error: { code: "invalid_request" } });
  expect(await childrenOf(tenant)).toEqual([]);
});

test("a node of a model that is not served fails", async () => {
  const { outcome } = await run(await database.tenant("unserved"), [modelWith({ name: "another" })]);
  expect(outcome).toMatchObject({ error: { code: "unknown_model" } });
});
