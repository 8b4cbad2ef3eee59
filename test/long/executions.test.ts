import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerTo } from "../../services/model-simulator/words.ts";
import { startStack, type Stack, type Tenant, textOf, until } from "../services/stack.ts";

let stack: Stack;
let tenant: Tenant;
let prompt: string;
beforeAll(async () => {
  stack = await startStack({ simulator: { tokenMilliseconds: 5 } });
  tenant = await stack.tenant("one");
  prompt = await tenant.prompt("echo");
});
afterAll(async () => {
  await stack.stop();
});

const answer = (text: string, tokens = 32): string => answerTo(`user: ${text}`, tokens).join("");
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what no type leads to
const endOf = (id: string): Promise<any> =>
  until(`execution ${id} to end`, async () => {
    const { body } = await tenant.call("GET", `/executions/${id}`);
    return body.finishedAt === null ? undefined : body;
  });

describe("an execution", () => {
  test("runs to its end, and its output is what the model said", async () => {
    const id = await tenant.execute(prompt, "hello");
    const execution = await endOf(id);
    expect(execution).toMatchObject({ state: "succeeded", attempt: 1, output: answer("hello"), error: null });
    expect(execution.usage).toEqual({ promptTokens: 2, completionTokens: 32 });
    expect(execution.finishReason).toBe("stop");
  });

  test("is followed over a WebSocket, each piece once and in order, to the end", async () => {
    const events = await tenant.follow(await tenant.execute(prompt, "stream"));
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 34 }, (_, index) => index + 1));
    expect(events[0]).toMatchObject({ type: "job_started", attempt: 1 });
    expect(events.at(-1)).toMatchObject({ type: "job_complete", data: { finishReason: "stop" } });
    expect(textOf(events)).toBe(answer("stream"));
  });

  test("is followed from where a connection broke, and nothing is missed or repeated", async () => {
    const id = await tenant.execute(prompt, "resume");
    const first = await tenant.follow(id, 0, ({ seq }) => seq === 7);
    const seen = first.slice(0, 7);
    const rest = await tenant.follow(id, 7);
    expect([...seen, ...rest].map(({ seq }) => seq)).toEqual(Array.from({ length: 34 }, (_, index) => index + 1));
    expect(textOf([...seen, ...rest])).toBe(answer("resume"));
    const { body } = await tenant.call("GET", `/executions/${id}/events?after=30`);
    expect(body.events.map(({ seq }: { seq: number }) => seq)).toEqual([31, 32, 33, 34]);
  });

  test("takes the prompt's parameters and the version that is named", async () => {
    const own = await tenant.prompt("versions", { parameters: { max_tokens: 3 } });
    const { body: second } = await tenant.call("POST", `/prompts/${own}/versions`, {
      model: "simulated",
      messages: [{ role: "user", content: "second: {{text}}" }],
      variables: { text: { default: "nothing" } },
    });
    expect(second.version).toBe(2);
    const first = await endOf(await tenant.execute(own, "x", { version: 1 }));
    // That it was cut shows.
    expect([first.output, first.finishReason]).toEqual([answer("x", 3), "length"]);
    expect((await endOf(await tenant.execute(own, "x"))).output).toBe(answer("second: x"));
  });
});

describe("a WebSocket", () => {
  test("that sends what nobody asked for is closed, and does no harm", async () => {
    const id = await tenant.execute(prompt, "noise");
    const code = await new Promise((resolve) => {
      const headers = { authorization: `Bearer ${tenant.key}` };
      const socket = new WebSocket(`${stack.url.replace("http", "ws")}/executions/${id}/stream`, { headers });
      socket.once("open", () => {
        socket.send("x".repeat(100_000));
      });
      socket.once("close", resolve);
    });
    expect(code).toBe(1009);
    expect((await fetch(`${stack.url}/health/ready`)).status).toBe(200);
    // Nothing is left in hand that would meet the next test's faults.
    await endOf(id);
  });
});

describe("when the model fails, the execution", () => {
  test.each([
    ["429", { kind: "status", status: 429, retryAfterSeconds: 0 }, "model_http_429"],
    ["500", { kind: "status", status: 500 }, "model_http_500"],
    ["a cut stream", { kind: "cut_stream" }, /^model_(stream_cut|stream_broken|unreachable)$/],
    ["garbage", { kind: "garbage" }, "model_stream_broken"],
  ])("is tried again after %s, and what came before does not count", async (_, fault, reason) => {
    await stack.fault(fault);
    const text = JSON.stringify(fault);
    const events = await tenant.follow(await tenant.execute(prompt, text));
    expect(events.at(-1)).toMatchObject({ type: "job_complete", attempt: 2 });
    expect(events.find(({ type }) => type === "job_retrying")?.data["reason"]).toMatch(reason);
    expect(textOf(events.filter(({ attempt }) => attempt === 2))).toBe(answer(text));
    expect(events.map(({ seq }) => seq)).toEqual(events.map((__, index) => index + 1));
  });

  test("fails at once where another attempt cannot help, and says why", async () => {
    await stack.fault({ kind: "status", status: 400 });
    const execution = await endOf(await tenant.execute(prompt, "bad"));
    expect(execution).toMatchObject({ state: "failed", attempt: 1, error: { code: "model_http_400" } });
  });

  test("fails at its deadline, however long the model would take", async () => {
    await stack.fault({ kind: "slow_first_token", seconds: 600 });
    const execution = await endOf(await tenant.execute(prompt, "slow", { timeoutSeconds: 1 }));
    expect(execution).toMatchObject({ state: "failed", error: { code: "deadline_exceeded" } });
  });
});

describe("a cancelled execution", () => {
  test("ends at once, and its worker stops", async () => {
    await stack.fault({ kind: "slow_first_token", seconds: 600 });
    const id = await tenant.execute(prompt, "cancel");
    await tenant.follow(id, 0, ({ type }) => type === "job_started");
    const following = tenant.follow(id, 1);
    const { body } = await tenant.call("POST", `/executions/${id}/cancel`);
    expect(body.state).toBe("cancelled");
    expect((await following).map(({ type }) => type)).toEqual(["job_cancelled"]);
    await until("the worker to let go", () =>
      Promise.resolve(
        stack.lines.some(({ line }) => line.includes(id) && line.includes("another worker holds")) || undefined,
      ),
    );
    expect((await tenant.call("POST", `/executions/${id}/cancel`)).body).toMatchObject({
      status: 409,
      code: "already_ended",
    });
  });
});

describe("the worker's objective", () => {
  test("counts each execution once, when it has ended, whoever ended it and whichever worker is killed", async () => {
    const own = await startStack({ workers: 0 });
    try {
      const one = await own.tenant("one");
      const echo = await one.prompt("echo");
      const cancelled = await one.execute(echo, "cancelled by its tenant");
      await one.call("POST", `/executions/${cancelled}/cancel`);
      // Nobody takes it before its deadline, so the sweep fails it.
      const late = await one.execute(echo, "late", { timeoutSeconds: 1 });
      await until("its deadline", async () => {
        const { body } = await one.call("GET", `/executions/${late}`);
        return Date.now() > Date.parse(String(body.createdAt)) + 1_000 || undefined;
      });
      await own.fault({ kind: "status", status: 500 });
      const retried = await one.execute(echo, "tried again");
      const first = await own.platform.startWorker("first");
      const ended = await one.follow(retried);
      expect(ended.at(-1)).toMatchObject({ type: "job_complete", attempt: 2 });
      expect((await one.follow(late)).at(-1)).toMatchObject({ type: "job_failed" });
      await own.fault({ kind: "status", status: 400 });
      expect((await one.follow(await one.execute(echo, "refused"))).at(-1)).toMatchObject({ type: "job_failed" });
      // What it has not exported yet must not be lost with it.
      await first.kill();
      const second = await own.platform.startWorker("second");
      const counted = await until("a count", async () => {
        const text = await (await fetch(`http://127.0.0.1:${second.ports["metrics"] ?? 0}/metrics`)).text();
        const lines = text.split("\n").filter((line) => line.startsWith("promptops_executions_finished_total{"));
        return lines.length > 0 ? lines.toSorted() : undefined;
      });
      expect(counted).toEqual([
        'promptops_executions_finished_total{state="cancelled"} 1',
        'promptops_executions_finished_total{state="failed"} 2',
        'promptops_executions_finished_total{state="succeeded"} 1',
      ]);
    } finally {
      await own.stop();
    }
  });
});
