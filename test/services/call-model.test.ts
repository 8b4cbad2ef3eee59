import { createServer, type Server, type ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Endpoint } from "../../services/shared/models/endpoints.ts";
import { portOfServer } from "../../services/shared/runtime/probes.ts";
import type { Lease } from "../../services/shared/executions/lease.ts";
import type { Outcome } from "../../services/shared/executions/end-attempt.ts";
import { runAttempt } from "../../services/worker/attempt.ts";
import { callModel } from "../../services/worker/call-model.ts";
import { ModelError } from "../../services/worker/model-error.ts";
import type { ChunkWriter } from "../../services/worker/chunk-writer.ts";
import { modelWith } from "./model-with.ts";

/** What the model's endpoint answers next: pieces of a stream, or a refusal. */
let pieces: readonly string[] = [];
let refusal: { readonly status: number; readonly headers: Record<string, string> } | undefined;
/** What it was asked last. */
let asked: unknown;
let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      asked = JSON.parse(Buffer.concat(chunks).toString());
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

function answer(response: ServerResponse): void {
  if (refusal) {
    response.writeHead(refusal.status, refusal.headers).end("{}");
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (delta: object, finish_reason: string | null): void => {
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
  };
  for (const content of pieces) send({ content }, null);
  send({}, "stop");
  response.end("data: [DONE]\n\n");
}
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const lease: Lease = {
  ...{ id: "execution", tenant: "tenant", attempt: 30, failures: 0, losses: 0, secondsLeft: 300, trace: {} },
  ...{
    model: "m",
    requestedModel: "m",
    fallbacks: [],
    messages: [{ role: "user", content: "x" }],
    parameters: {},
    useCache: true,
    outputRules: null,
  },
};
const endpointOf = (): Endpoint => ({
  ...{ url: `http://127.0.0.1:${portOfServer(server)}/v1`, models: [modelWith({ name: "m" })], concurrency: 1 },
  protocol: "openai",
});

/** Pieces that were handed on, and the answer. */
async function call(parameters: Lease["parameters"] = {}): Promise<{ texts: string[]; output: string }> {
  const texts: string[] = [];
  const endpoint = endpointOf();
  const options = { onText: (text: string) => void texts.push(text), signal: new AbortController().signal };
  return { output: (await callModel(endpoint, { ...lease, parameters }, options)).output, texts };
}

test("a model is sent each parameter of its execution by the name that OpenAI gave it", async () => {
  pieces = ["x"];
  const parameters = {
    ...{ temperature: 0.5, top_p: 0.9, max_tokens: 7, seed: 3, frequency_penalty: -1, presence_penalty: 1 },
    stop: ["END", "\n\n"],
  };
  await call(parameters);
  expect(asked).toMatchObject(parameters);
});

describe("what a model streams", () => {
  test("is handed on with no character cut in two, wherever the model cuts", async () => {
    pieces = ["a\ud83d", "\ude00b", "\ud83d", "\ude01"];
    expect(await call()).toEqual({ texts: ["a", "\u{1f600}b", "\u{1f601}"], output: "a\u{1f600}b\u{1f601}" });
  });

  test("is refused once it is larger than an output may be", async () => {
    pieces = Array.from({ length: 17 }, () => "x".repeat(2 ** 20));
    const error: unknown = await call().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ code: "output_too_large", retryable: false });
  });
});

describe("an attempt that the model refuses", () => {
  const nothingToWrite = { append: () => undefined, flush: () => Promise.resolve() } as unknown as ChunkWriter;
  const attempt = async (status: number, header: string | undefined, of: Partial<Lease> = {}): Promise<Outcome> => {
    refusal = { status, headers: header === undefined ? {} : { "retry-after": header } };
    const signal = new AbortController().signal;
    const { outcome } = await runAttempt({ ...lease, ...of }, endpointOf(), {
      writer: nothingToWrite,
      signal,
      cached: () => Promise.resolve(undefined),
      next: () => undefined,
    });
    return outcome as Outcome;
  };
  const pauseOf = (outcome: Outcome): number => (outcome.state === "queued" ? outcome.afterSeconds : -1);

  test("is followed by another one until the deadline, after pauses that grow to a minute, whatever its number", async () => {
    const outcome = await attempt(500, undefined, { failures: 20, attempt: 1_000 });
    expect(outcome).toMatchObject({ state: "queued", reason: "model_http_500", failed: true });
    expect(pauseOf(outcome)).toBeGreaterThanOrEqual(30);
    expect(pauseOf(outcome)).toBeLessThanOrEqual(60);
    expect(pauseOf(await attempt(500, undefined))).toBeLessThanOrEqual(1);
  });

  test("fails with the model's reason when no attempt can begin before the deadline", async () => {
    expect(await attempt(503, undefined, { failures: 20, secondsLeft: 20 })).toEqual({
      state: "failed",
      error: {
        code: "model_http_503",
        message: "The model's endpoint answered 503. There is no time for another attempt.",
      },
    });
    expect(await attempt(429, "400")).toMatchObject({ state: "failed", error: { code: "model_http_429" } });
  });

  test("waits as long as the endpoint asks, in seconds or until a date, and counts as no failure then", async () => {
    expect(await attempt(429, "17", { failures: 9 })).toEqual({
      ...{ state: "queued", reason: "model_http_429", afterSeconds: 17, failed: false },
    });
    const inAMinute = await attempt(503, new Date(Date.now() + 60_000).toUTCString(), { failures: 9 });
    expect(inAMinute).toMatchObject({ state: "queued", reason: "model_http_503", failed: false });
    expect(pauseOf(inAMinute)).toBeGreaterThan(0);
    expect(pauseOf(inAMinute)).toBeLessThanOrEqual(60);
    const asked = await attempt(429, undefined, { failures: 9 });
    expect(asked).toMatchObject({ failed: false });
    expect(pauseOf(asked)).toBeLessThanOrEqual(4);
  });

  test.each(["0", "Sat, 28 Nov 2026 00:00:00 GMT"])(
    "waits a little even where the endpoint asks for none: %s",
    async (header) => {
      const outcome = await attempt(429, header);
      expect(outcome).toMatchObject({ state: "queued", failed: false });
      expect(pauseOf(outcome)).toBeGreaterThanOrEqual(0.5);
    },
  );
});
