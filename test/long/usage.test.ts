import { Client } from "pg";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServiceProcess } from "../../local/service-process.ts";
import { createSimulator } from "../../services/model-simulator/simulator.ts";
import { costOf } from "../../services/shared/models/cost.ts";
import { portOfServer } from "../../services/shared/runtime/probes.ts";
import { startStack, type Stack, type Tenant, until } from "../services/stack.ts";

const price = { input: 0.25, output: 1.25, asOf: "2026-11-29" };
let stack: Stack;
let claude: FastifyInstance;
let admin: Client;
let worker: ServiceProcess;
beforeAll(async () => {
  claude = createSimulator({ model: "claude", firstTokenMilliseconds: 1, tokenMilliseconds: 1 });
  await claude.listen({ port: 0, host: "127.0.0.1" });
  stack = await startStack({
    workers: 0,
    models: (url) => [
      { name: "simulated", endpoint: `${url}/v1`, price },
      {
        ...{ name: "claude", endpoint: `http://127.0.0.1:${portOfServer(claude.server)}`, protocol: "anthropic" },
        ...{ maxOutputTokens: 10, price: { input: 3, output: 15.000001, asOf: "2026-11-28" } },
      },
    ],
  });
  worker = await stack.platform.startWorker("first");
  admin = new Client({ connectionString: stack.platform.databaseUrl });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await stack.stop();
  await claude.close();
});

const ended = async (tenant: Tenant, execution: string): ReturnType<Tenant["call"]> => {
  await tenant.follow(execution);
  return (await tenant.call("GET", `/executions/${execution}`)).body;
};

test("a cost is whole millionths of a USD, rounded up", () => {
  expect(costOf(price, { promptTokens: 4, completionTokens: 4 })).toBe(6);
  expect(costOf(price, { promptTokens: 1 })).toBe(1);
  expect(costOf(price, {})).toBe(0);
  // 0.1 * 3 is more than 0.3 as a binary number.
  expect(costOf({ ...price, input: 0.1 }, { promptTokens: 30 })).toBe(3);
  expect(costOf({ ...price, output: 10_000 }, { completionTokens: 1_000_000_000 })).toBe(10_000_000_000_000);
});

describe("a budget", () => {
  const limit = (name: string, limits: string): Promise<unknown> =>
    admin.query(`UPDATE tenants SET ${limits} WHERE name = $1`, [name]);

  test("whose soft limit is reached is told with each execution that is accepted", async () => {
    const tenant = await stack.tenant("warned");
    const prompt = await tenant.prompt("echo");
    const execute = (): ReturnType<Tenant["call"]> =>
      tenant.call("POST", `/prompts/${prompt}/execute`, { variables: { text: "x" } });
    expect((await execute()).headers.get("x-budget-warning")).toBeNull();
    await limit("warned", "soft_monthly_tokens = 0, soft_monthly_micro_usd = 0");
    expect((await execute()).headers.get("x-budget-warning")).toBe("tokens, microUsd");
  });

  test("that is spent is answered with the time until the month ends, for workflows too", async () => {
    const tenant = await stack.tenant("broke");
    const prompt = await tenant.prompt("echo");
    const graph = { nodes: [{ name: "a", type: "wait", seconds: 0 }] };
    const workflow = await tenant.call("POST", "/workflows", { name: "wait", graph });
    await limit("broke", "hard_monthly_micro_usd = 0");
    for (const path of [`/prompts/${prompt}/execute`, `/workflows/${workflow.body.id}/execute`]) {
      const { status, body, headers } = await tenant.call(
        "POST",
        path,
        path.startsWith("/prompts") ? { variables: { text: "x" } } : {},
      );
      expect([status, body.code]).toEqual([429, "budget_exceeded"]);
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
      expect(Number(headers.get("retry-after"))).toBeLessThanOrEqual(31 * 24 * 3600);
    }
  });
});

describe("an execution's cost", () => {
  test("is that of its tokens, and in its tenant's month by day and model", async () => {
    const tenant = await stack.tenant("pays");
    // 'user: hello' has two tokens, and an answer 32.
    const execution = await ended(tenant, await tenant.execute(await tenant.prompt("echo"), "hello"));
    expect(execution).toMatchObject({ usage: { promptTokens: 2, completionTokens: 32 } });
    expect(execution).toMatchObject({ cost: { microUsd: Math.ceil(2 * 0.25 + 32 * 1.25), priceAsOf: "2026-11-29" } });
    await admin.query(
      "INSERT INTO token_usage SELECT id, current_date - 31, 'simulated', 1, 1, 1 FROM tenants WHERE name = 'pays'",
    );
    const { body } = await tenant.call("GET", "/usage");
    const today = (await admin.query<{ day: string }>("SELECT (now() AT TIME ZONE 'UTC')::date::text AS day")).rows[0];
    expect(body).toMatchObject({ month: today?.day.slice(0, 7), tokens: 34, microUsd: 41 });
    expect(body.days).toEqual([
      { day: today?.day, model: "simulated", promptTokens: 2, completionTokens: 32, microUsd: 41 },
    ]);
  });

  test("includes what was charged of attempts that broke off", async () => {
    const tenant = await stack.tenant("pays-twice");
    const prompt = await tenant.prompt("echo", { model: "claude" });
    await claude.inject({ method: "POST", url: "/faults", payload: { kind: "cut_stream" } });
    const execution = await ended(tenant, await tenant.execute(prompt, "hello"));
    // Cut, it had reported the prompt and one token; then the prompt again, and ten.
    expect(execution).toMatchObject({ attempt: 2, usage: { promptTokens: 4, completionTokens: 11 } });
    const cost = Math.ceil(2 * 3 + 15.000001) + Math.ceil(2 * 3 + 10 * 15.000001);
    expect(execution).toMatchObject({ cost: { microUsd: cost, priceAsOf: "2026-11-28" } });
    expect((await tenant.call("GET", "/usage")).body).toMatchObject({ tokens: 15, microUsd: cost });
  });

  test("is counted once, whichever workers are killed", async () => {
    const tenant = await stack.tenant("crashes");
    const prompt = await tenant.prompt("echo", { parameters: { max_tokens: 2_000 } });
    const executions = await Promise.all(Array.from({ length: 12 }, () => tenant.execute(prompt, "hello")));
    await until("a worker to run them", async () => {
      const { rows } = await admin.query("SELECT FROM leases");
      return rows.length > 1 ? true : undefined;
    });
    await worker.kill();
    await stack.platform.startWorker("second");
    const all = await Promise.all(executions.map((id) => ended(tenant, id)));
    const { rows } = await admin.query<{ tokens: number; cost: number }>(
      `SELECT sum((usage->>'promptTokens')::int + (usage->>'completionTokens')::int)::int AS tokens,
        sum(cost_micro_usd)::int AS cost FROM executions WHERE id = ANY ($1)`,
      [executions],
    );
    expect(all.every((execution) => (execution as unknown as { state: string }).state === "succeeded")).toBe(true);
    expect(rows[0]).toEqual({ tokens: 12 * 2_002, cost: 12 * Math.ceil(2 * 0.25 + 2_000 * 1.25) });
    expect((await tenant.call("GET", "/usage")).body).toMatchObject({
      tokens: rows[0]?.tokens,
      microUsd: rows[0]?.cost,
    });
  });
});

test("what is counted of all tenants is the sum of their days", async () => {
  const { rows } = await admin.query<{ model: string; kind: string; days: string; total: string }>(
    `SELECT model, 'prompt' AS kind, sum(prompt_tokens) AS days,
      (SELECT sum(count) FROM token_totals WHERE model = day.model AND kind = 'prompt') AS total
    FROM token_usage AS day GROUP BY model
    UNION ALL
    SELECT model, 'completion', sum(completion_tokens),
      (SELECT sum(count) FROM token_totals WHERE model = day.model AND kind = 'completion')
    FROM token_usage AS day GROUP BY model`,
  );
  expect(rows).toHaveLength(4);
  for (const { days, total } of rows) expect(total).toBe(days);
});
