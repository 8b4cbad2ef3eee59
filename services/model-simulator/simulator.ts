import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { fastify, type FastifyInstance, type FastifyReply } from "fastify";
import type { Registry } from "prom-client";
import { z } from "zod";
import { type Fault, fault, Faults } from "./faults.ts";
import { createModelMetrics } from "./metrics.ts";
import { answerTo, countTokens } from "./words.ts";

export interface SimulatorOptions {
  /** The model that it serves. @default "simulated" */
  readonly model?: string;
  /** Milliseconds before the first token. @default 50 */
  readonly firstTokenMilliseconds?: number;
  /** Milliseconds between tokens. @default 20 */
  readonly tokenMilliseconds?: number;
  /** Requests that it works on at once; the others wait. @default 256, vLLM's own */
  readonly atOnce?: number;
  /** Called for each token of a stream when it is sent, with the prompt that it answers. @default - not called */
  readonly onToken?: (prompt: string, index: number) => void;
  /** Where its metrics are registered. @default - a registry of its own */
  readonly registry?: Registry;
  /** Whether `close` ends requests under way instead of waiting for them. @default true */
  readonly forceClose?: boolean;
}

const DEFAULT_TOKENS = 32;

/** Text, or parts of which the text is taken: a chat's message may have either. */
const content = z
  .union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))])
  .nullish()
  .transform((given) => (typeof given === "string" ? given : (given ?? []).map(({ text }) => text ?? "").join("")));

const completionRequest = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
});
type CompletionRequest = z.output<typeof completionRequest>;

/**
 * A model's endpoint without a model: OpenAI's chat completions, streamed or not, always the same answer to a prompt, vLLM's
 * metrics, and faults on demand (`POST /faults`).
 */
export function createSimulator({
  model = "simulated",
  firstTokenMilliseconds = 50,
  tokenMilliseconds = 20,
  atOnce = 256,
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

  app.setErrorHandler((error, _, reply) => refuse(reply, 400, String(error)));
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

  app.post("/v1/chat/completions", async (request, reply) => {
    const asked = completionRequest.parse(request.body);
    if (asked.model !== model) return refuse(reply, 404, `The model \`${asked.model}\` does not exist.`);
    const trouble = faults.take();
    if (trouble?.kind === "status") return refuseOnDemand(reply, trouble);
    const began = performance.now();
    const gone = new AbortController();
    reply.raw.on("close", () => {
      gone.abort();
    });
    const leave = await line.enter();
    const answer = answerFor(asked);
    const pace = { tokenMilliseconds, trouble, signal: gone.signal, onToken };
    try {
      const first = trouble?.kind === "slow_first_token" ? trouble.seconds * 1000 : firstTokenMilliseconds;
      await pause(first, undefined, { signal: gone.signal });
      metrics.timeToFirstToken.observe((performance.now() - began) / 1000);
      metrics.promptTokens.inc(answer.usage.prompt_tokens);
      if (asked.stream === true) {
        reply.hijack();
        await stream(reply.raw, answer, { ...pace, withUsage: asked.stream_options?.include_usage === true });
      } else {
        await pause(tokenMilliseconds * answer.tokens.length, undefined, { signal: gone.signal });
        await reply.send(wholeCompletion(answer));
      }
      metrics.generationTokens.inc(answer.tokens.length);
      metrics.finished(answer.reason);
    } catch (error) {
      if (!gone.signal.aborted) throw error;
      metrics.finished("abort");
    } finally {
      metrics.requestLatency.observe((performance.now() - began) / 1000);
      leave();
    }
    return reply;
  });

  return app;
}

interface Pace {
  readonly tokenMilliseconds: number;
  readonly trouble: Fault | undefined;
  readonly signal: AbortSignal;
  readonly withUsage: boolean;
  readonly onToken: (prompt: string, index: number) => void;
}

/** Server-sent events, as OpenAI streams them: the role, a token each, the reason, the usage if it was asked for, [DONE]. */
async function stream(
  response: ServerResponse,
  { id, created, model, prompt, tokens, reason, usage }: Completion,
  { tokenMilliseconds, trouble, signal, withUsage, onToken }: Pace,
): Promise<void> {
  const send = (choices: object[], more: object = {}): void => {
    const chunk = { id, object: "chat.completion.chunk", created, model, choices, ...more };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const middle = Math.floor(tokens.length / 2);
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  send([{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }]);
  for (const [index, content] of tokens.entries()) {
    if (index > 0) await pause(tokenMilliseconds, undefined, { signal });
    if (index === middle && trouble?.kind === "garbage") response.write("data: {this is no JSON\n\n");
    if (index === middle && trouble?.kind === "cut_stream") {
      response.destroy();
      return;
    }
    onToken(prompt, index);
    send([{ index: 0, delta: { content }, finish_reason: null }]);
  }
  send([{ index: 0, delta: {}, finish_reason: reason }]);
  if (withUsage) send([], { usage });
  response.end("data: [DONE]\n\n");
}

interface Completion {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly prompt: string;
  readonly tokens: readonly string[];
  readonly reason: "stop" | "length";
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number; readonly total_tokens: number };
}

function answerFor({ model, messages, max_tokens, max_completion_tokens }: CompletionRequest): Completion {
  const prompt = messages.map((message) => `${message.role}: ${message.content}`).join("\n");
  const most = max_completion_tokens ?? max_tokens ?? undefined;
  const tokens = answerTo(prompt, most ?? DEFAULT_TOKENS);
  const promptTokens = countTokens(prompt);
  return {
    id: `chatcmpl-${randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model,
    prompt,
    tokens,
    reason: most === undefined ? "stop" : "length",
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: tokens.length,
      total_tokens: promptTokens + tokens.length,
    },
  };
}

const wholeCompletion = ({ id, created, model, tokens, reason, usage }: Completion): object => ({
  id,
  object: "chat.completion",
  created,
  model,
  choices: [{ index: 0, message: { role: "assistant", content: tokens.join("") }, finish_reason: reason }],
  usage,
});

const refuse = (reply: FastifyReply, code: number, message: string): FastifyReply =>
  reply
    .code(code)
    .send({ error: { message, type: code === 404 ? "NotFoundError" : "BadRequestError", param: null, code } });

function refuseOnDemand(reply: FastifyReply, { status, retryAfterSeconds }: Fault): FastifyReply {
  if (retryAfterSeconds !== undefined) void reply.header("retry-after", retryAfterSeconds);
  return refuse(reply, status, "Refused on demand.");
}

/** Lets so many in at once; the others wait their turn. */
class Line {
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly onChange: (running: number, waiting: number) => void,
  ) {}

  async enter(): Promise<() => void> {
    if (this.#inside >= this.atOnce) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        this.#tell();
      });
    } else this.#inside += 1;
    this.#tell();
    return () => {
      // Who waits takes the place over.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#inside -= 1;
      this.#tell();
    };
  }

  #tell(): void {
    this.onChange(this.#inside, this.#waiting.length);
  }
}
