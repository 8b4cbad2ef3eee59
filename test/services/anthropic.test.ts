import Anthropic, { AnthropicError, APIError, NotFoundError, RateLimitError } from "@anthropic-ai/sdk";
import { createServer, type Server } from "node:http";
import type { FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSimulator } from "../../services/model-simulator/simulator.ts";
import { answerTo } from "../../services/model-simulator/words.ts";
import { portOfServer } from "../../services/shared/runtime/probes.ts";
import { callModel } from "../../services/worker/call-model.ts";
import { modelWith } from "./model-with.ts";

let simulator: FastifyInstance;
let url: string;
let client: Anthropic;
beforeAll(async () => {
  simulator = createSimulator({ firstTokenMilliseconds: 1, tokenMilliseconds: 1 });
  await simulator.listen({ port: 0, host: "127.0.0.1" });
  url = `http://127.0.0.1:${portOfServer(simulator.server)}`;
  client = new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0, logLevel: "off" });
});
beforeEach(() => simulator.inject({ method: "DELETE", url: "/faults" }));
afterAll(() => simulator.close());

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${portOfServer(server)}`;
}

const fault = (body: object): Promise<unknown> => simulator.inject({ method: "POST", url: "/faults", payload: body });
const messages = [{ role: "user" as const, content: "hello there" }];
const expected = (tokens: number, prompt = "user: hello there"): string => answerTo(prompt, tokens).join("");

describe("to Anthropic's own client the simulator is a model", () => {
  const body = { model: "simulated", max_tokens: 8, messages };

  test("that answers the same to the same prompt, streamed or not", async () => {
    const whole = await client.messages.create(body);
    expect(whole.content).toEqual([{ type: "text", text: expected(8) }]);
    expect(whole.usage).toMatchObject({ input_tokens: 3, output_tokens: 8 });
    const streamed = await client.messages.stream(body).finalMessage();
    expect(streamed).toMatchObject({
      ...{ content: whole.content, stop_reason: "max_tokens", usage: { input_tokens: 3, output_tokens: 8 } },
    });
  });

  test("that knows no other model, asks for max_tokens, and takes no temperature", async () => {
    await expect(client.messages.create({ ...body, model: "x" })).rejects.toBeInstanceOf(NotFoundError);
    await expect(client.messages.create({ ...body, max_tokens: 0 })).rejects.toMatchObject({
      ...{ status: 400, type: "invalid_request_error" },
    });
    await expect(client.messages.create({ ...body, temperature: 1 } as typeof body)).rejects.toMatchObject({
      status: 400,
    });
  });

  test("that fails on demand: busy, overloaded, in the middle of a stream, or cut off", async () => {
    await fault({ kind: "status", status: 429 });
    await expect(client.messages.create(body)).rejects.toBeInstanceOf(RateLimitError);
    await fault({ kind: "status", status: 529 });
    await expect(client.messages.create(body)).rejects.toMatchObject({ status: 529, type: "overloaded_error" });
    await fault({ kind: "failure" });
    const failed: unknown = await client.messages
      .stream(body)
      .finalMessage()
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(APIError);
    expect((failed as APIError).type).toBe("overloaded_error");
    await fault({ kind: "cut_stream" });
    await expect(client.messages.stream(body).finalMessage()).rejects.toBeInstanceOf(AnthropicError);
  });
});

interface Called {
  readonly texts: string[];
  readonly usages: unknown[];
  readonly answer: Promise<Awaited<ReturnType<typeof callModel>>>;
}

/** What a worker makes of an endpoint's answer. */
function call(endpoint: string, lease: Partial<Parameters<typeof callModel>[1]> = {}): Called {
  const [texts, usages]: [string[], unknown[]] = [[], []];
  const model = modelWith({ protocol: "anthropic", maxOutputTokens: 20 });
  const answer = callModel(
    { url: endpoint, protocol: "anthropic", models: [model], concurrency: 1, apiKey: () => "secret" },
    { model: "simulated", messages, parameters: {}, ...lease },
    {
      onText: (text) => void texts.push(text),
      onUsage: (usage) => void usages.push(usage),
      signal: new AbortController().signal,
    },
  );
  return { texts, usages, answer };
}

describe("a worker", () => {
  test("streams messages, and says why the model stopped in the words of the other protocol", async () => {
    const { texts, usages, answer } = call(url);
    const usage = { promptTokens: 3, completionTokens: 20 };
    expect(await answer).toEqual({ output: expected(20), usage, finishReason: "length" });
    expect(texts).toHaveLength(20);
    expect(usages).toEqual([usage]);
  });

  test("puts instructions beside the conversation, names what ends an answer as the API does, and sends the key and the API's version", async () => {
    const asked: { headers: object; body: object }[] = [];
    const endpoint = await listen(
      createServer((request, response) => {
        void request.toArray().then((chunks: Buffer[]) => {
          asked.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) as object });
          response.writeHead(400).end("{}");
        });
      }),
    );
    const system = { role: "system" as const, content: "Be brief." };
    const { answer } = call(endpoint, {
      messages: [system, ...messages],
      parameters: { max_tokens: 9, stop: ["END"] },
    });
    await expect(answer).rejects.toMatchObject({ code: "model_http_400", retryable: false, endpointFailed: false });
    expect(asked[0]?.headers).toMatchObject({ authorization: "Bearer secret", "anthropic-version": "2026-10-21" });
    expect(asked[0]?.body).toEqual({
      ...{ model: "simulated", max_tokens: 9, stop_sequences: ["END"], system: "Be brief.", messages, stream: true },
    });
  });

  test.each([
    ["a cut stream", { kind: "cut_stream" }, { code: "model_stream_broken" }],
    ["garbage", { kind: "garbage" }, { code: "model_stream_broken" }],
    ["a failure in the middle", { kind: "failure" }, { code: "model_stream_broken" }],
    ["529", { kind: "status", status: 529 }, { code: "model_http_529", busy: false }],
  ])("tries again after %s, which is the endpoint's failure", async (_, trouble, error) => {
    await fault(trouble);
    await expect(call(url).answer).rejects.toMatchObject({ retryable: true, endpointFailed: true, ...error });
  });

  test("knows what was charged of an answer that breaks off", async () => {
    await fault({ kind: "cut_stream" });
    const { answer, usages } = call(url);
    await expect(answer).rejects.toBeInstanceOf(Error);
    expect(usages).toEqual([{ promptTokens: 3, completionTokens: 1 }]);
  });

  test("waits as long as a busy endpoint asks, which is no failure", async () => {
    await fault({ kind: "status", status: 429, retryAfterSeconds: 7 });
    await expect(call(url).answer).rejects.toMatchObject({
      ...{ code: "model_http_429", busy: true, retryAfterSeconds: 7, endpointFailed: false },
    });
  });

  test("follows no redirection", async () => {
    let asked = 0;
    const target = await listen(
      createServer((_, response) => {
        asked += 1;
        response.end();
      }),
    );
    const endpoint = await listen(createServer((_, response) => response.writeHead(307, { location: target }).end()));
    await expect(call(endpoint).answer).rejects.toMatchObject({ code: "model_http_307", retryable: false });
    expect(asked).toBe(0);
  });

  const started = (usage: unknown): object => ({ type: "message_start", message: { usage } });
  const ended = (reason: unknown, usage: unknown = { output_tokens: 1 }): object => ({
    ...{ type: "message_delta", delta: { stop_reason: reason }, usage },
  });
  const piece = (text: unknown): object => ({ type: "content_block_delta", delta: { type: "text_delta", text } });
  const streaming = async (...events: readonly object[]): Promise<Called> =>
    call(
      await listen(
        createServer((_, response) => {
          response.writeHead(200, { "content-type": "text/event-stream" });
          for (const event of events) {
            response.write(`event: ${(event as { type: string }).type}\ndata: ${JSON.stringify(event)}\n\n`);
          }
          response.end();
        }),
      ),
    );

  test.each([
    ["no usage", started(undefined)],
    ["usage below 0", started({ input_tokens: -1, output_tokens: 1 })],
    ["usage beyond what is summed", started({ input_tokens: 1e15, output_tokens: 1 })],
    ["text that is none", piece(7)],
    ["text that is missing", piece(undefined)],
    ["a reason that is no word", ended("<script>")],
    ["a count that is none", ended("end_turn", { output_tokens: "1" })],
  ])("refuses a stream with %s", async (_, event) => {
    const { answer } = await streaming(event, ended("end_turn"));
    await expect(answer).rejects.toMatchObject({ code: "model_answer_invalid", retryable: true });
  });

  test("takes a stream without a reason for cut, and reads over events that it does not know", async () => {
    const start = started({ input_tokens: 2, output_tokens: 0 });
    const cut = await streaming(start, piece("a"));
    await expect(cut.answer).rejects.toMatchObject({ code: "model_stream_cut" });
    const { answer } = await streaming(start, { type: "weather" }, piece("a"), ended("refusal"));
    expect(await answer).toEqual({
      ...{ output: "a", usage: { promptTokens: 2, completionTokens: 1 }, finishReason: "refusal" },
    });
  });

  test("stops at once when it is told to", async () => {
    const stopped = new AbortController();
    const answer = callModel(
      { url, protocol: "anthropic", models: [modelWith({ maxOutputTokens: 500_000 })], concurrency: 1 },
      { model: "simulated", messages, parameters: {} },
      {
        onText: () => {
          stopped.abort(new Error("told to"));
        },
        signal: stopped.signal,
      },
    );
    await expect(answer).rejects.toThrow("told to");
  });
});
