import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newPrompt, startEvaluationStack } from "../services/evaluation-stack.ts";
import { endOf, itemsOf, newDataset, newEvaluator, newExperiment } from "../services/evaluation-calls.ts";
import type { Answer, Stack, Tenant } from "../services/stack.ts";

/** What one tenant's experiments may take, and what they are no part of. */

let stack: Stack;
let one: Tenant;
let database: Client;
let input: { datasetId: string; evaluatorIds: string[]; candidates: object[] };
beforeAll(async () => {
  stack = await startEvaluationStack();
  await stack.platform.startEvaluator("evaluator");
  one = await stack.tenant("one");
  database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
  input = {
    datasetId: await newDataset(one, itemsOf("a", "b")),
    evaluatorIds: [await newEvaluator(one, { type: "equals" })],
    candidates: [{ promptId: await newPrompt(one, "echo", "[{{text}}]") }],
  };
});
afterAll(async () => {
  await database.end();
  await stack.stop();
});

const create = (name: string): Promise<Answer<{ code: string; detail: string }>> =>
  one.call("POST", "/experiments", { name, ...input });

test("the executions of an experiment are no events of webhooks, and others are", async () => {
  const webhook = { url: "https://hooks.example/", events: ["execution.succeeded"] };
  expect((await one.call("POST", "/webhooks", webhook)).status).toBe(201);
  expect((await endOf(one, await newExperiment(one, input))).state).toBe("succeeded");
  const events = async (): Promise<unknown> => (await database.query("SELECT type FROM webhook_events")).rows;
  expect(await events()).toEqual([]);
  await one.follow(await one.execute(await one.prompt("alone"), "hello"));
  expect(await events()).toEqual([{ type: "execution.succeeded" }]);
});

test("two requests of a tenant that create one at once do not wait for each other", async () => {
  await database.query("BEGIN");
  await database.query(
    "SELECT pg_advisory_xact_lock(hashtext('experiments'), hashtext(id::text)) FROM tenants WHERE name = 'one'",
  );
  expect(await create("busy")).toMatchObject({ status: 409, body: { code: "limit_reached" } });
  await database.query("ROLLBACK");
  expect((await create("busy")).status).toBe(201);
});

test("two hundred may be created in a day", async () => {
  await database.query(
    `INSERT INTO experiments (tenant_id, name, dataset_id, state, timeout_seconds, finished_at)
      SELECT id, 'filler ' || number, $1, 'cancelled', 1, now() FROM tenants, generate_series(1, 198) AS number
      WHERE tenants.name = 'one'`,
    [input.datasetId],
  );
  const refused = await create("one-too-many");
  expect(refused).toMatchObject({ status: 409, body: { code: "limit_reached" } });
  expect(refused.body.detail).toMatch(
    /^200 experiments may be created in 24 hours\. Create the next one at \d{4}-.*Z or later\.$/,
  );
  await database.query("UPDATE experiments SET created_at = now() - interval '25 hours' WHERE name = 'filler 1'");
  expect((await create("one-more")).status).toBe(201);
});
