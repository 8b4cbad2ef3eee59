import { Client } from "pg";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSimulator } from "../../services/model-simulator/simulator.ts";
import type { Lease } from "../../services/shared/executions/lease.ts";
import { portOfServer } from "../../services/shared/runtime/probes.ts";
import { cachedAnswerStatement } from "../../services/worker/cached-answers.ts";
import { startStack, type Stack, type Tenant, textOf } from "../services/stack.ts";

let stack: Stack;
let other: FastifyInstance;
let admin: Client;
beforeAll(async () => {
  other = createSimulator({ model: "other", firstTokenMilliseconds: 1, tokenMilliseconds: 1 });
  await other.listen({ port: 0, host: "127.0.0.1" });
  stack = await startStack({
    models: (url) =>
      [
        ["simulated", url],
        ["other", `http://127.0.0.1:${portOfServer(other.server)}`],
      ].map(([name = "", of]) => ({
        ...{ name, endpoint: `${of}/v1`, price: { input: 1, output: 1, asOf: "2026-11-29" } },
      })),
  });
  admin = new Client({ connectionString: stack.platform.databaseUrl });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await stack.stop();
  await other.close();
});

let tenants = 0;
let tenant: Tenant;
/** Stores prompts of the tenant; each has another name. */
let prompt: (more?: object) => Promise<string>;
beforeEach(async () => {
  tenant = await stack.tenant(`tenant-${(tenants += 1)}`);
  let prompts = 0;
  prompt = ({ temperature = 0, ...more }: { temperature?: number } & object = {}) =>
    tenant.prompt(`prompt-${(prompts += 1)}`, { parameters: { temperature }, ...more });
});

interface Ended {
  readonly id: string;
  readonly output: string;
  readonly cachedFrom: string | null;
  readonly usage: Readonly<Record<string, number>> | null;
  readonly cost: object | null;
}

async function run(id: string, text = "hello", more: object = {}): Promise<Ended> {
  const execution = await tenant.execute(id, text, more);
  const events = await tenant.follow(execution);
  expect(events.at(-1)?.type).toBe("job_complete");
  const { body } = await tenant.call<Ended>("GET", `/executions/${execution}`);
  expect(textOf(events)).toBe(body.output);
  expect(events.at(-1)?.data["cachedFrom"] ?? null).toBe(body.cachedFrom);
  return body;
}

/** Completions that the model was asked for, by any tenant. */
async function asked(): Promise<number> {
  const { body } = await stack.simulator.inject("/metrics");
  return [...body.matchAll(/^vllm:request_success_total\{.*\} (\d+)$/gm)].reduce((sum, [, n]) => sum + Number(n), 0);
}

describe("at temperature 0, an equal execution", () => {
  test("is given the model's answer, in the stream as in the row, for no tokens and no cost", async () => {
    const echo = await prompt();
    const first = await run(echo);
    const before = await asked();
    const second = await run(echo);
    expect(await asked()).toBe(before);
    expect(first).toMatchObject({ cachedFrom: null, usage: { promptTokens: expect.any(Number) } });
    expect(second).toMatchObject({ cachedFrom: first.id, output: first.output, usage: {}, cost: null });
  });

  test("names the one that the model answered, also the third time, and when another prompt asks the same", async () => {
    const first = await run(await prompt());
    await run(await prompt());
    expect((await run(await prompt())).cachedFrom).toBe(first.id);
  });

  test("asks the model anew when it says so, and later ones are given that answer", async () => {
    const echo = await prompt();
    await run(echo);
    const fresh = await run(echo, "hello", { cache: false });
    expect(fresh.cachedFrom).toBeNull();
    expect((await run(echo)).cachedFrom).toBe(fresh.id);
  });

  test("asks the model when the answer is older than a day", async () => {
    const echo = await prompt();
    const first = await run(echo);
    const age = (by: string): Promise<unknown> =>
      admin.query("UPDATE executions SET finished_at = finished_at - $2::interval WHERE id = $1", [first.id, by]);
    await age("23 hours");
    expect((await run(echo)).cachedFrom).toBe(first.id);
    await age("2 hours");
    expect((await run(echo)).cachedFrom).toBeNull();
  });
});

describe("the model is asked", () => {
  const differences = {
    "another text": ["more", {}],
    "another parameter": ["hello", { parameters: { temperature: 0, seed: 1 } }],
    "another model": ["hello", { model: "other" }],
    "another message before it": [
      "hello",
      { messages: ["system", "user"].map((role) => ({ role, content: "{{text}}" })) },
    ],
  } as const;
  test.each(Object.entries(differences))("for %s", async (_, [text, more]) => {
    await run(await prompt());
    expect((await run(await prompt(more), text)).cachedFrom).toBeNull();
  });

  test.each([{ temperature: 0.1 }, {}])("each time where temperature is not 0: %o", async (parameters) => {
    const varied = await prompt({ parameters });
    await run(varied);
    expect((await run(varied)).cachedFrom).toBeNull();
  });

  test("again where its answer was cut", async () => {
    const short = await prompt({ parameters: { temperature: 0, max_tokens: 1 } });
    await run(short);
    expect((await run(short)).cachedFrom).toBeNull();
  });

  test("for a tenant of what another tenant has asked before", async () => {
    await run(await prompt());
    tenant = await stack.tenant("stranger");
    expect((await run(await tenant.prompt("same", { parameters: { temperature: 0 } }))).cachedFrom).toBeNull();
  });
});

test("a look-up reads the answers to the same messages, not all that the tenant has", async () => {
  const { id } = await run(await prompt());
  await admin.query(
    `INSERT INTO executions (tenant_id, prompt_id, prompt_version, model, messages, parameters, deadline_at, state, finished_at, finish_reason)
      SELECT tenant_id, prompt_id, prompt_version, model, jsonb_build_array(number), parameters, now(), 'succeeded', now(), 'stop'
      FROM executions, generate_series(1, 5000) AS number WHERE id = $1`,
    [id],
  );
  const { rows: asked } = await admin.query<Pick<Lease, "tenant" | "model" | "messages" | "parameters">>(
    "SELECT tenant_id AS tenant, model, messages, parameters FROM executions WHERE id = $1",
    [id],
  );
  const { text, values } = cachedAnswerStatement(asked[0] as Lease);
  const { rows } = await admin.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values);
  const plan = JSON.stringify(rows);
  expect(plan).toContain('"Index Name":"executions_answers"');
  expect(plan).not.toMatch(/"Rows Removed by (Filter|Index Recheck)":[1-9]/);
});
