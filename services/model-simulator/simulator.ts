import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { fastify, type FastifyInstance } from "fastify";
import { z } from "zod";
import { fault, type Fault, Faults } from "./faults.ts";
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
 * A model's endpoint without a model: OpenAI's chat completions, streamed or not, the same answer to the same prompt every
 * time, vLLM's metrics, and faults on demand (`POST /faults`).
 */
export function createSimulator({
  model = "simulated",
  firstTokenMilliseconds = 50,
  tokenMilliseconds = 20,
  atOnce = 256,
}: SimulatorOptions = {}): FastifyInstance {
  const app = fastify({ bodyLimit: 50 * 2 ** 20, forceCloseConnections: true });
  const { registry, metrics } = createModelMetrics(model);
  const faults = new Faults();
  const line = new Line(atOnce, (running, waiting) => {
    metrics.running.set(running);
    metrics.waiting.set(waiting);
    metrics.cacheUsage.set(running / atOnce);
  });

  app.setErrorHandler((error, _, reply) => reply.code(400).send(errorBody("BadRequestError", 400, String(error))));
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
    if (asked.model !== model) {
      return reply.code(404).send(errorBody("NotFoundError", 404, `The model \`${asked.model}\` does not exist.`));
    }
    const trouble = faults.take();
    if (trouble?.kind === "status") {
      if (trouble.retryAfterSeconds !== undefined) void reply.header("retry-after", trouble.retryAfterSeconds);
      return reply.code(trouble.status).send(errorBody("SimulatedError", trouble.status, "on demand"));
    }
    const began = performance.now();
    const gone = new AbortController();
    reply.raw.on("close", () => {
      gone.abort();
    });
    const leave = await line.enter();
    try {
      const first = trouble?.kind === "slow_first_token" ? trouble.seconds * 1000 : firstTokenMilliseconds;
      await pause(first, undefined, { signal: gone.signal });
      metrics.timeToFirstToken.observe((performance.now() - began) / 1000);
      const answer = answerFor(asked);
      metrics.promptTokens.inc(answer.usage.prompt_tokens);
      if (asked.stream === true) {
        reply.hijack();
        await stream(reply.raw, asked, answer, trouble, gone.signal);
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

  async function stream(
    response: ServerResponse,
    asked: CompletionRequest,
    answer: Completion,
    trouble: Fault | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const head = { id: answer.id, object: "chat.completion.chunk", created: answer.created, model };
    const send = (choices: object[], more: object = {}): void => {
      response.write(`data: ${JSON.stringify({ ...head, choices, ...more })}\n\n`);
    };
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
    send([{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }]);
    for (const [index, token] of answer.tokens.entries()) {
      if (index > 0) await pause(tokenMilliseconds, undefined, { signal });
      if (index === Math.floor(answer.tokens.length / 2)) {
        if (trouble?.kind === "cut_stream") {
          response.destroy();
          return;
        }
        if (trouble?.kind === "garbage") response.write("data: {this is no JSON\n\n");
      }
      send([{ index: 0, delta: { content: token }, finish_reason: null }]);
    }
    send([{ index: 0, delta: {}, finish_reason: answer.reason }]);
    if (asked.stream_options?.include_usage === true) send([], { usage: answer.usage });
    response.end("data: [DONE]\n\n");
  }

  return app;
}

interface Completion {
  readonly id: string;
  readonly created: number;
  readonly model: string;
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

const errorBody = (type: string, code: number, message: string): object => ({
  error: { message, type, param: null, code },
});

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
