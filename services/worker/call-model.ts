import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from "openai";
import { z } from "zod";
import type { Endpoint } from "../shared/models/endpoints.ts";
import type { Lease } from "../shared/executions/lease.ts";
import { currentCarrier } from "../shared/runtime/tracing.ts";
import { retryAfter } from "./retry.ts";

/** Seconds of silence after which a stream is taken for dead. */
const SILENCE_SECONDS = 60;
/** Characters of the longest output. A million tokens, the most that a prompt may ask for, come to a quarter of it. */
const MAX_OUTPUT = 2 ** 24;

interface Fault {
  readonly code: string;
  /** Whether another attempt may help. */
  readonly retryable: boolean;
  /** What the endpoint asks to be left alone for. */
  readonly retryAfterSeconds?: number | undefined;
  /** The endpoint has too much to do, and said so. @default false */
  readonly busy?: boolean;
}

/** What went wrong at the model. */
export class ModelError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly busy: boolean;

  constructor({ code, retryable, retryAfterSeconds, busy = false }: Fault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = retryable;
    this.retryAfterSeconds = retryAfterSeconds;
    this.busy = busy;
  }
}

/** What another attempt may mend. */
const passing = (code: string, message: string, cause?: unknown): ModelError =>
  new ModelError({ code, retryable: true }, message, { cause });

export interface Answer {
  readonly output: string;
  readonly usage: Readonly<Record<string, number>>;
  /** Why the model stopped, in its words: `length` says that the output was cut at the most tokens it may have. */
  readonly finishReason: string;
}

/** What is read of a chunk of an answer. An endpoint is not ours: what it sends is checked like what users send. */
const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }),
        finish_reason: z
          .string()
          .regex(/^[a-z_]{1,40}$/)
          .nullish(),
      }),
    )
    .max(1),
  usage: z.object({ prompt_tokens: z.int().min(0), completion_tokens: z.int().min(0) }).nullish(),
});

/** The client library demands a key, also where the endpoint asks for none. */
function apiKeyOf({ apiKey }: Endpoint): string {
  if (!apiKey) return "none";
  try {
    return apiKey();
  } catch (error) {
    throw passing("model_credential_missing", "The API key of the model's endpoint is not in the secret store.", error);
  }
}

/** Streams a chat completion, piece by piece, to its end. Throws a ModelError, or what aborted it. */
export async function callModel(
  endpoint: Endpoint,
  { model, messages, parameters }: Lease,
  { onText, signal }: { onText: (text: string) => void; signal: AbortSignal },
): Promise<Answer> {
  const client = new OpenAI({
    baseURL: endpoint.url,
    apiKey: apiKeyOf(endpoint),
    maxRetries: 0,
    timeout: SILENCE_SECONDS * 1000,
    logLevel: "off",
    // An endpoint that redirects would send prompts and its key to an address that nobody declared.
    fetchOptions: { redirect: "manual" },
  });
  const silence = silenceTimer();
  const reader = new CompletionReader(onText);
  try {
    const stream = await client.chat.completions.create(
      { model, messages: [...messages], ...parameters, stream: true, stream_options: { include_usage: true } },
      { signal: AbortSignal.any([signal, silence.signal]), headers: currentCarrier() },
    );
    for await (const chunk of stream) {
      silence.heard();
      reader.take(chunk);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw classify(error);
  } finally {
    silence.stop();
  }
  // A stream that is aborted ends like any other.
  signal.throwIfAborted();
  if (silence.signal.aborted) throw passing("model_silent", "The model fell silent.");
  return reader.answer();
}

/** Puts a stream's chunks together. */
class CompletionReader {
  #output = "";
  /** Half of a surrogate pair, until the other half comes. */
  #half = "";
  #usage: Record<string, number> = {};
  #finishReason: string | undefined;

  constructor(private readonly onText: (text: string) => void) {}

  take(chunk: unknown): void {
    const { success, data } = chunkSchema.safeParse(chunk);
    if (!success) throw passing("model_answer_invalid", "The model's endpoint sent what is no chat completion.");
    const {
      choices: [choice],
      usage,
    } = data;
    const text = this.#half + (choice?.delta.content ?? "");
    this.#half = /[\uD800-\uDBFF]$/.test(text) ? text.slice(-1) : "";
    const whole = text.slice(0, text.length - this.#half.length);
    if (whole !== "") {
      this.#output += whole;
      if (this.#output.length > MAX_OUTPUT) throw tooLarge();
      this.onText(whole);
    }
    this.#finishReason = choice?.finish_reason ?? this.#finishReason;
    if (usage) this.#usage = { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens };
  }

  answer(): Answer {
    if (this.#finishReason === undefined) throw passing("model_stream_cut", "The model's stream ended before its end.");
    return { output: this.#output, usage: this.#usage, finishReason: this.#finishReason };
  }
}

const tooLarge = (): ModelError =>
  new ModelError({ code: "output_too_large", retryable: false }, `The output has more than ${MAX_OUTPUT} characters.`);

function silenceTimer(): { signal: AbortSignal; heard: () => void; stop: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort();
  }, SILENCE_SECONDS * 1000);
  return {
    signal: controller.signal,
    heard: () => timer.refresh(),
    stop: () => {
      clearTimeout(timer);
    },
  };
}

/** 408, 409, 429 and 5xx pass; another 4xx says that the request is wrong and stays wrong. */
const TOO_MANY_REQUESTS = 429;
const RETRYABLE = new Set([408, 409, TOO_MANY_REQUESTS]);

function classify(error: unknown): ModelError {
  if (error instanceof ModelError) return error;
  if (error instanceof APIUserAbortError) return passing("model_silent", "The model fell silent.");
  if (error instanceof APIConnectionError) {
    return passing("model_unreachable", "The model's endpoint does not answer.", error);
  }
  if (error instanceof APIError && typeof error.status === "number") return refusal(error as APIError<number, Headers>);
  return passing("model_stream_broken", "The model's stream could not be read.", error);
}

/** An answer that is none of the model's. */
function refusal(error: APIError<number, Headers>): ModelError {
  const { status, headers } = error;
  const retryAfterSeconds = retryAfter(headers.get("retry-after"), new Date());
  const fault = {
    code: `model_http_${status}`,
    retryable: RETRYABLE.has(status) || status >= 500,
    retryAfterSeconds,
    busy: status === TOO_MANY_REQUESTS || retryAfterSeconds !== undefined,
  };
  const redirected = status >= 300 && status < 400 ? " Declare the address that it redirects to." : "";
  return new ModelError(fault, `The model's endpoint answered ${status}.${redirected}`, { cause: error });
}
