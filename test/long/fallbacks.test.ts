import { Client } from "pg";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSimulator } from "../../services/model-simulator/simulator.ts";
import type { ExecutionEvent } from "../../services/shared/executions/events.ts";
import { portOfServer } from "../../services/shared/runtime/probes.ts";
import { startStack, type Stack, type Tenant, until } from "../services/stack.ts";

let stack: Stack;
let spare: FastifyInstance;
let claude: FastifyInstance;
let tenant: Tenant;
let admin: Client;
beforeAll(async () => {
  const simulate = async (model: string): Promise<FastifyInstance> => {
    const simulator = createSimulator({ model, firstTokenMilliseconds: 1, tokenMilliseconds: 1 });
    await simulator.listen({ port: 0, host: "127.0.0.1" });
    return simulator;
  };
  [spare, claude] = await Promise.all([simulate("spare"), simulate("claude")]);
  stack = await startStack({
    models: (url) => [
      { name: "simulated", endpoint: `${url}/v1`, fallbacks: ["claude", "spare"] },
      { name: "spare", endpoint: `${urlOf(spare)}/v1` },
      { name: "claude", endpoint: urlOf(claude), protocol: "anthropic", maxOutputTokens: 10 },
    ],
  });
  tenant = await stack.tenant("one");
  admin = new Client({ connectionString: stack.platform.databaseUrl });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await stack.stop();
  await Promise.all([spare.close(), claude.close()]);
});
beforeEach(async () => {
  for (const simulator of [stack.simulator, spare, claude])
    await simulator.inject({ method: "DELETE", url: "/faults" });
});

const urlOf = ({ server }: FastifyInstance): string => `http://127.0.0.1:${portOfServer(server)}`;
const failing = (simulator: FastifyInstance, more: object = {}): Promise<unknown> =>
  simulator.inject({ method: "POST", url: "/faults", payload: { kind: "status", status: 500, ...more } });
let made = 0;
/** Executes a prompt; its events, and what became of it. */
async function run(more: object = {}): Promise<{ events: ExecutionEvent[]; models: unknown[]; execution: unknown }> {
  const execution = await tenant.execute(await tenant.prompt(`prompt-${(made += 1)}`, more), "hello");
  const events = await tenant.follow(execution);
  const models = events.filter(({ type }) => type === "job_started").map(({ data }) => data["model"]);
  return { events, models, execution: (await tenant.call("GET", `/executions/${execution}`)).body };
}

describe("an execution whose model fails", () => {
  test("goes on at once with its first fallback, and says with which", async () => {
    await failing(stack.simulator);
    const { events, models, execution } = await run();
    expect(models).toEqual(["simulated", "claude"]);
    expect(events.find(({ type }) => type === "job_retrying")?.data).toEqual({
      ...{ reason: "model_http_500", afterSeconds: 0, model: "claude" },
    });
    expect(execution).toMatchObject({ state: "succeeded", model: "claude", requestedModel: "simulated", attempt: 2 });
  });

  test("goes on when the endpoint is busy, too", async () => {
    await failing(stack.simulator, { status: 429, retryAfterSeconds: 3_000 });
    expect((await run()).models).toEqual(["simulated", "claude"]);
  });

  test("passes over a fallback that does not take its prompt", async () => {
    await failing(stack.simulator);
    expect((await run({ parameters: { temperature: 0 } })).models).toEqual(["simulated", "spare"]);
  });

  test("returns to its own model after the last one has failed", async () => {
    for (const simulator of [stack.simulator, spare, claude]) await failing(simulator);
    const { models, execution } = await run();
    expect(models).toEqual(["simulated", "claude", "spare", "simulated"]);
    expect(execution).toMatchObject({ state: "succeeded", model: "simulated", requestedModel: "simulated" });
  });

  test("goes nowhere else when the request itself was refused", async () => {
    await failing(stack.simulator, { status: 400 });
    const { models, execution } = await run();
    expect(models).toEqual(["simulated"]);
    expect(execution).toMatchObject({ state: "failed", error: { code: "model_http_400" } });
  });
});

describe("a circuit that is open", () => {
  const fails = "the endpoint fails; executions wait or fall back";
  const answers = "the endpoint answers again";
  const logged = (message: string): boolean => stack.lines.some(({ line }) => line.includes(message));

  test("sends executions to the fallback before they start, and closes by itself", async () => {
    await failing(stack.simulator, { times: 1_000_000 });
    for (let index = 0; index < 5; index++) await run();
    await until("the circuit to open", async () => Promise.resolve(logged(fails) || undefined));
    // Trials still go to the endpoint, one at a time: of two executions at most one is a trial.
    const both = await Promise.all([run(), run()]);
    expect(both.map(({ models }) => models[0])).toContain("claude");
    for (const { execution } of both) expect(execution).toMatchObject({ state: "succeeded", model: "claude" });
    await stack.simulator.inject({ method: "DELETE", url: "/faults" });
    await until("the circuit to close", async () => {
      await run();
      return logged(answers) || undefined;
    });
    expect((await run()).models).toEqual(["simulated"]);
  });
});

test("what waits while every model fails is executed when one answers again", async () => {
  await failing(stack.simulator, { times: 1_000_000 });
  await failing(spare, { times: 1_000_000 });
  await failing(claude, { times: 1_000_000 });
  const prompt = await tenant.prompt("waits");
  const executions = await Promise.all(Array.from({ length: 8 }, () => tenant.execute(prompt, "hello")));
  await until("every circuit to open", async () => {
    const opened = stack.lines.filter(({ line }) => line.includes("the endpoint fails"));
    return Promise.resolve(opened.length >= 4 || undefined);
  });
  const paces = await admin.query("SELECT FROM paces");
  expect(paces.rowCount).toBeLessThanOrEqual(3);
  await spare.inject({ method: "DELETE", url: "/faults" });
  for (const id of executions) {
    await tenant.follow(id);
    expect((await tenant.call("GET", `/executions/${id}`)).body).toMatchObject({ state: "succeeded", model: "spare" });
  }
});
