import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { fastify, type FastifyInstance, type FastifyReply } from "fastify";
import type { Registry } from "prom-client";
import { anthropicFormat } from "./anthropic-format.ts";
import { answerFor, type Completion, type Format } from "./completion.ts";
import { type Fault, fault, Faults } from "./faults.ts";
import { Line } from "./line.ts";
import { createModelMetrics } from "./metrics.ts";
import { openaiFormat } from "./openai-format.ts";

export interface SimulatorOptions {
  /** The model that it serves. @default "simulated" */
  readonly model?: string;
  /** Milliseconds before the first token. @default 50 */
  readonly firstTokenMilliseconds?: number;
  /** Milliseconds between tokens. @default 20 */
  readonly tokenMilliseconds?: number;
  /** Requests that it works on at once; the others wait. @default 256, vLLM's own */
  readonly atOnce?: number;
  /** What it answers to a prompt; undefined for words. @default - words, always the same to a prompt */
  readonly answer?: (prompt: string) => string | undefined;
  /** Called for each token of a stream when it is sent, with the prompt that it answers. @default - not called */
  readonly onToken?: (prompt: string, index: number) => void;
  /** Where its metrics are registered. @default - a registry of its own */
  readonly registry?: Registry;
  /** Whether `close` ends requests under way instead of waiting for them. @default true */
  readonly forceClose?: boolean;
}

/** By path: OpenAI's chat completions and Anthropic's messages. */
const formats: Readonly<Record<string, Format>> = {
  "/v1/chat/completions": openaiFormat,
  "/v1/messages": anthropicFormat,
};

/**
 * A model's endpoint without a model: chat completions and messages, streamed or not, always the same answer to a prompt, vLLM's
 * metrics, and faults on demand (`POST /faults`).
 */
export function createSimulator({
  model = "simulated",
  firstTokenMilliseconds = 50,
  tokenMilliseconds = 20,
  atOnce = 256,
  answer: answerTo = () => undefined,
  onToken = () => undefined,
  registry: into,
  forceClose = true,
}: SimulatorOptions = {}): FastifyInstance {
  const app = fastify({ bodyLimit: 50 * 2 ** 20, forceCloseConnections: forceClose });
  const { registry, metrics } = createModelMetrics(model, into);
  const faults = new Faults();
  const line = new Line(atOnce, (running, waiting) => {
    metrics.running.set(running);
    metrics.waiting.set(waiting);
    metrics.cacheUsage.set(running / atOnce);
  });

  app.setErrorHandler((error, { url }, reply) =>
    reply.code(400).send((formats[url] ?? openaiFormat).refusal(400, String(error))),
  );
  app.get("/health", () => ({}));
  app.get("/metrics", async (_, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  app.get("/v1/models", () => ({
    object: "list",
    data: [{ id: model, object: "model", created: 0, owned_by: "promptops" }],
  }));
  app.post("/faults", (request, reply) => {
    faults.add(fault.parse(request.body));
    return reply.code(204).send();
  });
  app.delete("/faults", (_, reply) => {
    faults.clear();
    return reply.code(204).send();
  });

  const answer = async (format: Format, body: unknown, reply: FastifyReply): Promise<FastifyReply> => {
    const asked = format.read(body);
    if (asked.model !== model) {
      return reply.code(404).send(format.refusal(404, `The model \`${asked.model}\` does not exist.`));
    }
    const trouble = faults.take();
    if (trouble?.kind === "status") return refuseOnDemand(reply, format, trouble);
    const began = performance.now();
    const gone = new AbortController();
    reply.raw.on("close", () => {
      gone.abort();
    });
    const leave = await line.enter();
    const completion = answerFor(asked, answerTo);
    try {
      const first = trouble?.kind === "slow_first_token" ? trouble.seconds * 1000 : firstTokenMilliseconds;
      await pause(first, undefined, { signal: gone.signal });
      metrics.timeToFirstToken.observe((performance.now() - began) / 1000);
      metrics.promptTokens.inc(completion.promptTokens);
      if (asked.stream) {
        reply.hijack();
        const pace = { tokenMilliseconds, trouble, signal: gone.signal, onToken };
        await stream(reply.raw, { completion, format }, pace);
      } else {
        await pause(tokenMilliseconds * completion.tokens.length, undefined, { signal: gone.signal });
        await reply.send(format.whole(completion));
      }
      metrics.generationTokens.inc(completion.tokens.length);
      metrics.finished(completion.reason);
    } catch (error) {
      if (!gone.signal.aborted) throw error;
      metrics.finished("abort");
    } finally {
      metrics.requestLatency.observe((performance.now() - began) / 1000);
      leave();
    }
    return reply;
  };
  for (const [path, format] of Object.entries(formats)) {
    app.post(path, ({ body }, reply) => answer(format, body, reply));
  }
  return app;
}

interface Pace {
  readonly tokenMilliseconds: number;
  readonly trouble: Fault | undefined;
  readonly signal: AbortSignal;
  readonly onToken: (prompt: string, index: number) => void;
}

async function stream(
  response: ServerResponse,
  { completion, format }: { completion: Completion; format: Format },
  { tokenMilliseconds, trouble, signal, onToken }: Pace,
): Promise<void> {
  const { tokens, prompt } = completion;
  const middle = Math.floor(tokens.length / 2);
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  response.write(format.begin(completion));
  for (const [index, text] of tokens.entries()) {
    if (index > 0) await pause(tokenMilliseconds, undefined, { signal });
    if (index === middle && isBrokenOff(response, format, trouble)) return;
    onToken(prompt, index);
    response.write(format.token(completion, text));
  }
  response.end(format.end(completion));
}

/** Does what goes wrong in the middle of a stream. Returns whether the stream has ended with it. */
function isBrokenOff(response: ServerResponse, { garbage, failure }: Format, trouble: Fault | undefined): boolean {
  if (trouble?.kind === "garbage") response.write(garbage);
  if (trouble?.kind === "failure") response.end(failure);
  if (trouble?.kind === "cut_stream") response.destroy();
  return trouble?.kind === "failure" || trouble?.kind === "cut_stream";
}

function refuseOnDemand(reply: FastifyReply, format: Format, { status, retryAfterSeconds }: Fault): FastifyReply {
  if (retryAfterSeconds !== undefined) void reply.header("retry-after", retryAfterSeconds);
  return reply.code(status).send(format.refusal(status, "Refused on demand."));
}
