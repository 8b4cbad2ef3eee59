import { afterAll, beforeAll, expect, test } from "vitest";
import { newPrompt, startEvaluationStack } from "../services/evaluation-stack.ts";
import type { Answer, Stack, Tenant } from "../services/stack.ts";

/** Of the model `simulated`, in USD per million tokens: see startEvaluationStack. */
const price = { input: 1, output: 2 };

let stack: Stack;
let tenant: Tenant;
let prompt: string;
beforeAll(async () => {
  stack = await startEvaluationStack();
  tenant = await stack.tenant("one");
  prompt = await newPrompt(tenant, "echo", "[{{text}}]");
});
afterAll(async () => {
  await stack.stop();
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what no type leads to
const execute = (sent: object, headers: Record<string, string> = {}): Promise<Answer<any>> =>
  tenant.call("POST", `/prompts/${prompt}/execute`, { variables: { text: "hello" }, ...sent }, headers);

test("an execution on a model that the request names is recorded with it, and has its price", async () => {
  const { id } = (await execute({ model: "unpriced" })).body;
  await tenant.follow(id as string);
  const { body } = await tenant.call("GET", `/executions/${id as string}`);
  expect(body).toMatchObject({
    ...{ state: "succeeded", output: "hello", promptId: prompt, promptVersion: 1 },
    ...{ model: "unpriced", requestedModel: "unpriced", cost: null },
  });
  const again = (await execute({})).body.id as string;
  await tenant.follow(again);
  const { model, usage, cost } = (await tenant.call("GET", `/executions/${again}`)).body;
  expect(model).toBe("simulated");
  expect(cost.microUsd).toBe(usage.promptTokens * price.input + usage.completionTokens * price.output);
});

test("a request on another model is another request under an idempotency key", async () => {
  const headers = { "idempotency-key": "once" };
  const first = await execute({ model: "unpriced" }, headers);
  expect((await execute({ model: "unpriced" }, headers)).body.id).toBe(first.body.id);
  expect((await execute({}, headers)).body).toMatchObject({ code: "idempotency_key_reused" });
});
