import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExecutionEvent } from "../../services/shared/executions/events.ts";
import { type Internet, startInternet } from "../services/egress/internet.ts";
import { startStack, type Stack, type Tenant, textOf, until } from "../services/stack.ts";

const PUBLIC = "93.184.215.14";
const API_KEY = "sk-live-4f1c7d20b8e94a6d";
const hosts: Readonly<Record<string, readonly string[]>> = {
  "models.example": [PUBLIC],
  "other.example": [PUBLIC],
  "inside.example": ["10.0.0.7"],
};
const model = { protocol: "openai", url: "https://models.example/v1", servedAs: "simulated", apiKey: API_KEY };

let internet: Internet;
let stack: Stack;
let one: Tenant;
let other: Tenant;

beforeAll(async () => {
  internet = await startInternet((name, type) => (type === "A" ? hosts[name] : []));
  stack = await startStack({ workers: 2 });
  [one, other] = [await stack.tenant("one"), await stack.tenant("other")];
});

afterAll(async () => {
  await stack.stop();
  await internet.stop();
});

const create = async (tenant: Tenant, name: string, more: object = {}): Promise<void> => {
  const { status, body } = await tenant.call("POST", "/custom-models", { name, ...model, ...more });
  expect(body).toMatchObject({ name, model: `custom/${name}` });
  expect(status).toBe(201);
};

const run = async (tenant: Tenant, name: string, text = "hello"): Promise<ExecutionEvent[]> => {
  const prompt = await tenant.prompt(`on-${name}-${Date.now()}`, { model: `custom/${name}` });
  return tenant.follow(await tenant.execute(prompt, text));
};

const typesOf = (events: readonly ExecutionEvent[]): string[] => [...new Set(events.map(({ type }) => type))];

describe("a tenant's own model", () => {
  test("answers its tenant's prompts through the egress proxy, with its own API key", async () => {
    await create(one, "mine", { price: { input: 1, output: 2, asOf: "2026-11-29" } });
    const prompt = await one.prompt("mine", { model: "custom/mine" });
    const id = await one.execute(prompt, "hello");
    const events = await one.follow(id);
    expect(typesOf(events)).toEqual(["job_started", "token_chunk", "job_complete"]);
    expect(events[0]?.data).toEqual({ model: "custom/mine" });
    const { body } = await one.call("GET", `/executions/${id}`);
    expect(body).toMatchObject({ state: "succeeded", model: "custom/mine", requestedModel: "custom/mine" });
    expect(body.output).toBe(textOf(events));
    const { promptTokens, completionTokens } = body.usage as Record<string, number>;
    expect(body.cost.microUsd).toBe((promptTokens ?? 0) + 2 * (completionTokens ?? 0));
    const usage = await one.call("GET", "/usage");
    expect(usage.body.days).toEqual([expect.objectContaining({ model: "custom/mine", microUsd: body.cost.microUsd })]);
    expect(internet.requests.at(-1)).toMatchObject({
      host: "models.example",
      url: "/v1/chat/completions",
      headers: { authorization: `Bearer ${API_KEY}` },
    });
  });

  test("is listed with the models that prompts may name, and without its API key", async () => {
    const listed = await one.call("GET", "/models");
    expect(listed.body.models.map(({ name }: { name: string }) => name)).toEqual(["simulated", "custom/mine"]);
    const { body } = await one.call("GET", "/custom-models");
    expect(body.customModels).toEqual([
      expect.objectContaining({ name: "mine", url: "https://models.example/v1", hasApiKey: true }),
    ]);
    expect(JSON.stringify(body)).not.toContain(API_KEY);
  });

  test("is no other tenant's to read, change, delete or use", async () => {
    const { apiKey: _, ...input } = model;
    const statuses = await Promise.all([
      other.call("GET", "/custom-models/mine"),
      other.call("PUT", "/custom-models/mine", input),
      other.call("DELETE", "/custom-models/mine"),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await other.call("GET", "/custom-models")).body).toEqual({ customModels: [] });
    const prompt = await other.prompt("theirs", { model: "custom/mine" });
    const refused = await other.call("POST", `/prompts/${prompt}/execute`, { variables: { text: "hello" } });
    expect(refused).toMatchObject({ status: 422, body: { code: "unknown_model" } });
  });

  test("of the same name is each tenant's own", async () => {
    await create(other, "mine", { url: "https://other.example/v1", apiKey: "sk-other" });
    await run(other, "mine");
    expect(internet.requests.at(-1)).toMatchObject({
      host: "other.example",
      headers: { authorization: "Bearer sk-other" },
    });
    await run(one, "mine");
    expect(internet.requests.at(-1)).toMatchObject({
      host: "models.example",
      headers: { authorization: `Bearer ${API_KEY}` },
    });
  });

  test("is called by Anthropic's API where it has that", async () => {
    await create(one, "claude", { protocol: "anthropic", url: "https://models.example", maxOutputTokens: 100 });
    expect(typesOf(await run(one, "claude")).at(-1)).toBe("job_complete");
    expect(internet.requests.at(-1)).toMatchObject({
      url: "/v1/messages",
      headers: { authorization: `Bearer ${API_KEY}` },
    });
  });

  test("is used by the node of a workflow", async () => {
    await one.prompt("for-node", { model: "custom/mine" });
    const nodes = [{ name: "ask", type: "prompt", prompt: "for-node", variables: { text: "inputs.text" } }];
    const { body: workflow } = await one.call("POST", "/workflows", {
      name: "with-own-model",
      graph: { nodes, output: "nodes.ask.output" },
    });
    const { body } = await one.call("POST", `/workflows/${workflow.id}/execute`, { inputs: { text: "hello" } });
    await one.follow(body.id);
    const ended = await one.call("GET", `/executions/${body.id}`);
    expect(ended.body).toMatchObject({ state: "succeeded", output: expect.stringMatching(/./) });
    const { body: children } = await one.call("GET", `/executions?parent=${body.id}`);
    expect(children.executions).toEqual([expect.objectContaining({ model: "custom/mine", state: "succeeded" })]);
  });

  test("falls back to the operator's model when it fails", async () => {
    await create(one, "failing", { fallbacks: ["simulated"] });
    await internet.simulator.inject({ method: "POST", url: "/faults", payload: { kind: "status", status: 500 } });
    const events = await run(one, "failing");
    expect(events.filter(({ type }) => type !== "token_chunk").map(({ type, data }) => [type, data["model"]])).toEqual([
      ["job_started", "custom/failing"],
      ["job_retrying", "simulated"],
      ["job_started", "simulated"],
      ["job_complete", undefined],
    ]);
  });

  test("is replaced at once, and its API key is gone unless it is sent again", async () => {
    await create(one, "changing");
    await run(one, "changing");
    const { apiKey: _, ...input } = model;
    const replaced = await one.call("PUT", "/custom-models/changing", { ...input, url: "https://other.example/v1" });
    expect(replaced).toMatchObject({ status: 200, body: { hasApiKey: false, url: "https://other.example/v1" } });
    await run(one, "changing");
    expect(internet.requests.at(-1)).toMatchObject({
      host: "other.example",
      headers: { authorization: "Bearer none" },
    });
  });

  test("that is deleted is known to no prompt", async () => {
    await create(one, "deleted");
    await run(one, "deleted");
    expect((await one.call("DELETE", "/custom-models/deleted")).status).toBe(204);
    const prompt = await one.prompt("deleted", { model: "custom/deleted" });
    const refused = await one.call("POST", `/prompts/${prompt}/execute`, { variables: { text: "hello" } });
    expect(refused).toMatchObject({ status: 422, body: { code: "unknown_model" } });
  });
});

describe("a host that is not on the internet", () => {
  test("fails its executions, and the proxy says which host it was and why", async () => {
    await create(one, "inside", { url: "https://inside.example/v1" });
    const events = await run(one, "inside");
    expect(events.at(-1)).toMatchObject({ type: "job_failed", data: { error: { code: "model_address_refused" } } });
    expect(internet.lines.map((line) => (line.startsWith("{") ? JSON.parse(line) : {}))).toContainEqual(
      expect.objectContaining({ host: "inside.example", port: 443, reason: "destination_ip_prohibited" }),
    );
  });
});

describe("an execution", () => {
  test("outlives the egress proxy that is killed while its tunnel is open", async () => {
    const prompt = await one.prompt("long", { model: "custom/mine" });
    await internet.simulator.inject({
      ...{ method: "POST", url: "/faults" },
      payload: { kind: "slow_first_token", seconds: 600 },
    });
    const before = internet.requests.length;
    const id = await one.execute(prompt, "hello");
    await until("the request", () => Promise.resolve(internet.requests.length > before ? true : undefined));
    await internet.killProxy();
    const followed = one.follow(id);
    await until("the next attempt", async () => {
      const { body } = await one.call("GET", `/executions/${id}/events`);
      return body.events.some(({ type }: ExecutionEvent) => type === "job_retrying") ? true : undefined;
    });
    await internet.restartProxy();
    const events = await followed;
    expect(events.at(-1)?.type).toBe("job_complete");
    expect(events.find(({ type }) => type === "job_retrying")?.data).toMatchObject({ reason: "model_unreachable" });
  });
});

describe("an API key", () => {
  test("is in no row in clear, in no line of a log and in no answer", async () => {
    const client = new Client({ connectionString: stack.platform.databaseUrl });
    await client.connect();
    const { rows: tables } = await client.query<{ name: string }>(
      "SELECT oid::regclass::text AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace",
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const hex = Buffer.from(API_KEY).toString("hex");
      const { rowCount } = await client.query(
        `SELECT FROM ${name} AS each WHERE strpos(each::text, $1) > 0 OR strpos(each::text, $2) > 0`,
        [API_KEY, hex],
      );
      if (rowCount !== 0) found.push(name);
    }
    const { rows } = await client.query<{ sealed: Buffer }>(
      "SELECT sealed_api_key AS sealed FROM custom_models WHERE name = 'mine'",
    );
    await client.end();
    expect(tables.map(({ name }) => name)).toContain("custom_models");
    expect(found).toEqual([]);
    expect(rows.map(({ sealed }) => sealed.length > API_KEY.length)).toEqual([true, true]);
    expect(
      [...stack.lines.map(({ line }) => line), ...internet.lines].filter((line) => line.includes(API_KEY)),
    ).toEqual([]);
  });
});
