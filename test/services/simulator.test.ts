import type { FastifyInstance } from "fastify";
import OpenAI, { APIConnectionError, NotFoundError, RateLimitError } from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSimulator } from "../../services/model-simulator/simulator.ts";
import { answerTo } from "../../services/model-simulator/words.ts";
import { portOfServer } from "../../services/shared/runtime/probes.ts";
import { until } from "./stack.ts";

let simulator: FastifyInstance;
let client: OpenAI;
let url: string;
beforeAll(async () => {
  simulator = createSimulator({ firstTokenMilliseconds: 1, tokenMilliseconds: 1, atOnce: 2 });
  await simulator.listen({ port: 0, host: "127.0.0.1" });
  url = `http://127.0.0.1:${portOfServer(simulator.server)}`;
  client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0, logLevel: "off" });
});
beforeEach(() => simulator.inject({ method: "DELETE", url: "/faults" }));
afterAll(() => simulator.close());

const ask = { model: "simulated", messages: [{ role: "user" as const, content: "hello there" }] };
const fault = (body: object): Promise<unknown> => simulator.inject({ method: "POST", url: "/faults", payload: body });
async function read(
  request: Partial<typeof ask> & { max_tokens?: number } = {},
): Promise<{ text: string; reasons: string[]; tokens?: number }> {
  const stream = await client.chat.completions.create({
    ...ask,
    ...request,
    stream: true,
    stream_options: { include_usage: true },
  });
  const found: { text: string; reasons: string[]; tokens?: number } = { text: "", reasons: [] };
  for await (const { choices, usage } of stream) {
    found.text += choices[0]?.delta.content ?? "";
    if (choices[0]?.finish_reason) found.reasons.push(choices[0].finish_reason);
    if (usage) found.tokens = usage.completion_tokens;
  }
  return found;
}

describe("to OpenAI's own client the simulator is a model", () => {
  test("that answers the same to the same prompt, streamed or not", async () => {
    const expected = answerTo("user: hello there", 32).join("");
    const whole = await client.chat.completions.create(ask);
    expect(whole.choices[0]).toMatchObject({ message: { content: expected }, finish_reason: "stop" });
    expect(whole.usage).toEqual({ prompt_tokens: 3, completion_tokens: 32, total_tokens: 35 });
    expect(await read()).toEqual({ text: expected, reasons: ["stop"], tokens: 32 });
    const other = await client.chat.completions.create({ ...ask, messages: [{ role: "user", content: "hello" }] });
    expect(other.choices[0]?.message.content).not.toBe(expected);
  });

  test("that stops at max_tokens, and takes content in parts", async () => {
    expect(await read({ max_tokens: 4 })).toMatchObject({ reasons: ["length"], tokens: 4 });
    const parts = [{ type: "text" as const, text: "hello there" }];
    const whole = await client.chat.completions.create({ ...ask, messages: [{ role: "user", content: parts }] });
    expect(whole.choices[0]?.message.content).toBe(answerTo("user: hello there", 32).join(""));
  });

  test("that is listed, and knows no other", async () => {
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(["simulated"]);
    await expect(client.chat.completions.create({ ...ask, model: "gpt-17" })).rejects.toBeInstanceOf(NotFoundError);
  });
});

describe("a fault on demand", () => {
  test("happens as often as it was asked for, and then no more", async () => {
    await fault({ kind: "status", status: 429, times: 2, retryAfterSeconds: 7 });
    for (let time = 0; time < 2; time++) {
      const error = await client.chat.completions.create(ask).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(RateLimitError);
      expect((error as RateLimitError).headers.get("retry-after")).toBe("7");
    }
    expect((await read()).reasons).toEqual(["stop"]);
  });

  test("may cut the stream in its middle", async () => {
    await fault({ kind: "cut_stream" });
    const error = await read().catch((caught: unknown) => caught);
    expect(error instanceof APIConnectionError || error instanceof TypeError, String(error)).toBe(true);
  });

  test("may be garbage", async () => {
    await fault({ kind: "garbage" });
    await expect(read()).rejects.toBeInstanceOf(SyntaxError);
  });

  test("is refused when there is no such fault", async () => {
    expect((await simulator.inject({ method: "POST", url: "/faults", payload: { kind: "flood" } })).statusCode).toBe(
      400,
    );
  });
});

test("its metrics have vLLM's names and labels, and say what is going on", async () => {
  const long = { ...ask, max_tokens: 3000 };
  const stopped = new AbortController();
  const requests = [long, long, ask].map((each) =>
    client.chat.completions.create(each, { signal: stopped.signal }).catch((error: unknown) => error),
  );
  const labels = '{model_name="simulated",engine="0"}';
  const body = await until("two to run and one to wait", async () => {
    const metrics = (await simulator.inject("/metrics")).body;
    const full = [`vllm:num_requests_running${labels} 2`, `vllm:num_requests_waiting${labels} 1`];
    return full.every((line) => metrics.includes(line)) ? metrics : undefined;
  });
  stopped.abort();
  await Promise.all(requests);
  expect(body).toMatch(/^vllm:prompt_tokens_total\{model_name="simulated",engine="0"\} [1-9]/m);
  expect(body).toMatch(/^vllm:time_to_first_token_seconds_bucket\{le="0.001",model_name="simulated",engine="0"\}/m);
  expect(body).toMatch(
    /^vllm:request_success_total\{model_name="simulated",engine="0",finished_reason="stop"\} [1-9]/m,
  );
  await until("all to be let go", async () => {
    const metrics = (await simulator.inject("/metrics")).body;
    return metrics.includes(`vllm:num_requests_running${labels} 0`) || undefined;
  });
});
