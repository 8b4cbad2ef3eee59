import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { misfitOf, type ModelRequest } from "../../services/shared/models/misfit.ts";
import { modelWith } from "../services/model-with.ts";
import { startStack, type Stack, type Tenant } from "../services/stack.ts";

const price = { input: 0.25, output: 1.25, asOf: "2026-11-29" };
let stack: Stack;
let tenant: Tenant;
beforeAll(async () => {
  stack = await startStack({
    workers: 0,
    models: (url) => [
      {
        ...{
          name: "simulated",
          endpoint: `${url}/v1`,
          contextLength: 1_000,
          maxOutputTokens: 100,
          fallbacks: ["spare"],
        },
        price,
      },
      { name: "spare", endpoint: url, protocol: "anthropic", maxOutputTokens: 50 },
    ],
  });
  tenant = await stack.tenant("one");
});
afterAll(async () => {
  await stack.stop();
});

test("GET /models tells limits, price and fallbacks, and neither where a model runs nor its protocol", async () => {
  const { body } = await tenant.call("GET", "/models");
  expect(body).toEqual({
    models: [
      { name: "simulated", contextLength: 1_000, maxOutputTokens: 100, fallbacks: ["spare"], price },
      { name: "spare", contextLength: null, maxOutputTokens: 50, fallbacks: [], price: null },
    ],
  });
});

describe("a prompt that its model does not take", () => {
  const version = (more: object = {}): object => ({
    ...{ name: "p", model: "simulated", messages: [{ role: "user", content: "{{text}}" }], variables: { text: {} } },
    ...more,
  });
  const faultsOf = async (more: object): Promise<unknown> => {
    const { status, body } = await tenant.call("POST", "/prompts", version(more));
    return status === 400 ? body.faults : status;
  };

  test("is not stored, nor a version of it", async () => {
    const fault = { path: "body/parameters/max_tokens", message: expect.stringContaining("100, the longest answer") };
    expect(await faultsOf({ parameters: { max_tokens: 101 } })).toEqual([fault]);
    const prompt = await tenant.prompt("stored", { parameters: { max_tokens: 100 } });
    const { name: _, ...more } = version({ parameters: { max_tokens: 101 } }) as { name: string };
    const { status, body } = await tenant.call("POST", `/prompts/${prompt}/versions`, more);
    expect([status, body.faults]).toEqual([400, [fault]]);
  });

  test("is not executed on another model that does not take it, and on no model that is not served", async () => {
    const prompt = await tenant.prompt("moved", { parameters: { max_tokens: 100 } });
    const execute = async (model: string): Promise<unknown> =>
      (await tenant.call("POST", `/prompts/${prompt}/execute`, { model, variables: { text: "hello" } })).body;
    expect(await execute("spare")).toMatchObject({ status: 400, detail: expect.stringContaining("max_tokens") });
    for (const model of ["unknown", "custom/of-another-tenant"])
      expect(await execute(model)).toMatchObject({ code: "unknown_model", detail: expect.stringContaining(model) });
    expect(await execute("simulated")).toMatchObject({ state: "queued" });
  });

  test("is not executed once its variables are put in", async () => {
    const prompt = await tenant.prompt("long");
    const execute = (text: string): Promise<{ status: number; body: { code: string; detail: string } }> =>
      tenant.call("POST", `/prompts/${prompt}/execute`, { variables: { text } });
    // 999 tokens of 256 bytes, and one of an answer.
    expect((await execute("x".repeat(999 * 256))).status).toBe(202);
    const { status, body } = await execute("x".repeat(999 * 256 + 1));
    expect([status, body.code]).toEqual([400, "invalid_request"]);
    expect(body.detail).toBe(
      "The prompt's messages have at least 1000 tokens, and 'simulated' takes 1000 with the answer. Shorten them.",
    );
  });
});

describe("a request's misfit", () => {
  const of = (facts: Parameters<typeof modelWith>[0], request: Partial<ModelRequest>, filledIn = true): unknown =>
    misfitOf(modelWith(facts), { messages: [{ role: "user", content: "x" }], parameters: {}, ...request }, { filledIn })
      ?.path;
  const text = (length: number): ModelRequest["messages"] => [{ role: "user", content: "é".repeat(length / 2) }];

  test("is none where the model states no limit", () => {
    expect(of({}, { messages: text(2 ** 20), parameters: { max_tokens: 1_000_000 } })).toBeUndefined();
  });

  test("is an answer that leaves no room for a prompt in the context", () => {
    expect(of({ contextLength: 10 }, { parameters: { max_tokens: 10 } })).toBe("parameters/max_tokens");
    expect(of({ contextLength: 10 }, { parameters: { max_tokens: 9 } })).toBeUndefined();
  });

  test("counts bytes, and only of a prompt that has its variables", () => {
    const long = { messages: text(10 * 256) };
    expect(of({ contextLength: 10 }, long)).toBe("messages");
    expect(of({ contextLength: 11 }, long)).toBeUndefined();
    expect(of({ contextLength: 10 }, long, false)).toBeUndefined();
  });

  test("is what Anthropic's API has no place for", () => {
    const anthropic = { protocol: "anthropic" as const };
    expect(of(anthropic, { parameters: { seed: 1 } })).toBe("parameters/seed");
    expect(of(anthropic, { parameters: { temperature: 0 } })).toBe("parameters/temperature");
    expect(of(anthropic, { parameters: { top_p: 1 } })).toBe("parameters/top_p");
    expect(of(anthropic, { messages: [{ role: "system", content: "x" }] })).toBe("messages");
    expect(of(anthropic, { parameters: { max_tokens: 1 } })).toBeUndefined();
    expect(of({}, { parameters: { seed: 1, temperature: 1.5, top_p: 1 } })).toBeUndefined();
  });
});
