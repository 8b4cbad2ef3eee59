import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startStack, type Stack, type Tenant, textOf, until } from "../services/stack.ts";
import { runWorkflow } from "../services/workflow-calls.ts";

let stack: Stack;
let tenant: Tenant;
beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("one");
});
afterAll(async () => {
  await stack.stop();
});

const ended = (execution: string) =>
  until("the execution to end", async () => {
    const { body } = await tenant.call("GET", `/executions/${execution}`);
    return body.finishedAt === null ? undefined : body;
  });

describe("a guardrail for the input", () => {
  test("refuses an execution before anything is stored, and quotes nothing", async () => {
    const prompt = await tenant.prompt("no-cards", { guardrails: { input: { personalData: ["card"] } } });
    const before = (await tenant.call("GET", "/executions?limit=100")).body.executions.length;
    const variables = { text: "my card is 4111 1111 1111 1111" };
    const { status, body } = await tenant.call("POST", `/prompts/${prompt}/execute`, { variables });
    expect([status, body.code, body.detail]).toEqual([422, "input_refused", "The input holds a card number."]);
    expect((await tenant.call("GET", "/executions?limit=100")).body.executions.length).toBe(before);
    await ended(await tenant.execute(prompt, "no card"));
  });

  test("fails the node of a workflow whose values break it", async () => {
    await tenant.prompt("short", { guardrails: { input: { maxCharacters: 3 } } });
    const node = { name: "ask", type: "prompt" as const, prompt: "short", variables: { text: "'too long'" } };
    const execution = await runWorkflow(tenant, [node]);
    const { state, nodes } = await ended(execution);
    expect([state, nodes[0].error.code]).toEqual(["failed", "input_refused"]);
  });
});

describe("a guardrail for the output", () => {
  test("fails an execution whose answer breaks it: nothing of the answer is sent or kept, and its tokens count", async () => {
    const prompt = await tenant.prompt("only-json", { guardrails: { output: { format: "json" } } });
    const execution = await tenant.execute(prompt, "words");
    const events = await tenant.follow(execution);
    expect(events.map(({ type }) => type)).toEqual(["job_started", "job_failed"]);
    const { state, error, output, usage, attempt } = await ended(execution);
    expect({ state, error, output, attempt }).toEqual({
      ...{ state: "failed", output: null, attempt: 1 },
      error: { code: "output_violation", message: "The output is no JSON value." },
    });
    expect(usage.completionTokens).toBeGreaterThan(0);
  });

  test("lets an answer through that breaks none, whole", async () => {
    const guardrails = { output: { maxCharacters: 1_000, personalData: ["email"], forbidden: ["never said"] } };
    const execution = await tenant.execute(await tenant.prompt("guarded", { guardrails }), "words");
    const events = await tenant.follow(execution);
    const { output } = await ended(execution);
    expect(events.filter(({ type }) => type === "token_chunk")).toHaveLength(1);
    expect(textOf(events)).toBe(output);
    const free = await ended(await tenant.execute(await tenant.prompt("free"), "words"));
    expect(output).toBe(free.output);
  });

  test("is asked of a cached answer too, which was given under other rules", async () => {
    const parameters = { temperature: 0 };
    const free = await ended(await tenant.execute(await tenant.prompt("cached-free", { parameters }), "once"));
    expect(free.state).toBe("succeeded");
    const guarded = await tenant.prompt("cached-guarded", { parameters, guardrails: { output: { format: "json" } } });
    const { state, error, usage } = await ended(await tenant.execute(guarded, "once"));
    expect([state, error.code]).toEqual(["failed", "output_violation"]);
    // No model was asked.
    expect(usage ?? {}).toEqual({});
  });

  test("holds for the prompts of a workflow", async () => {
    const node = { name: "ask", type: "prompt" as const, prompt: "only-json", variables: { text: "'words'" } };
    const execution = await runWorkflow(tenant, [node]);
    const { state, nodes } = await ended(execution);
    expect([state, nodes[0].error.code]).toEqual(["failed", "output_violation"]);
  });
});

test("a version shows its guardrails, and one that is wrong is refused by name", async () => {
  const guardrails = { input: { forbidden: ["one"] }, output: { format: "json" } };
  const prompt = await tenant.prompt("shown", { guardrails });
  expect((await tenant.call("GET", `/prompts/${prompt}/versions/1`)).body.guardrails).toEqual(guardrails);
  const wrong = { output: { format: "yaml" } };
  const messages = [{ role: "user", content: "x" }];
  const { status, body } = await tenant.call("POST", "/prompts", {
    ...{ name: "wrong", model: "simulated", messages, guardrails: wrong },
  });
  expect([status, body.faults[0].path]).toEqual([400, "body/guardrails/output/format"]);
});
