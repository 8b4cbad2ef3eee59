import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from "openai";
import type { Endpoint } from "../shared/models/endpoints.ts";
import type { Lease } from "../shared/executions/lease.ts";
import { currentCarrier } from "../shared/runtime/tracing.ts";

/** Seconds of silence after which a stream is taken for dead. */
const SILENCE_SECONDS = 60;

/** What went wrong at the model, and whether another attempt may help. */
export class ModelError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly retryable: boolean,
    /** What the endpoint asks to be left alone for. */
    readonly retryAfterSeconds?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface Answer {
  readonly output: string;
  readonly usage: Readonly<Record<string, number>>;
}

/** Streams a chat completion, piece by piece, to its end. Throws a ModelError, or what aborted it. */
export async function callModel(
  endpoint: Endpoint,
  { model, messages, parameters }: Lease,
  { onText, signal }: { onText: (text: string) => void; signal: AbortSignal },
): Promise<Answer> {
  const client = new OpenAI({ baseURL: endpoint.url, apiKey: "none", maxRetries: 0, timeout: SILENCE_SECONDS * 1000 });
  const silence = silenceTimer();
  let output = "";
  let usage: Record<string, number> = {};
  let finished = false;
  try {
    const stream = await client.chat.completions.create(
      { model, messages: [...messages], ...parameters, stream: true, stream_options: { include_usage: true } },
      { signal: AbortSignal.any([signal, silence.signal]), headers: currentCarrier() },
    );
    for await (const chunk of stream) {
      silence.heard();
      const [choice] = chunk.choices;
      const text = choice?.delta.content ?? "";
      if (text !== "") {
        output += text;
        onText(text);
      }
      finished ||= typeof choice?.finish_reason === "string";
      if (chunk.usage) {
        const { prompt_tokens, completion_tokens } = chunk.usage;
        usage = { promptTokens: prompt_tokens, completionTokens: completion_tokens };
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    throw classify(error);
  } finally {
    silence.stop();
  }
  signal.throwIfAborted();
  if (silence.signal.aborted) throw new ModelError("model_silent", "The model fell silent.", true);
  if (!finished) throw new ModelError("model_stream_cut", "The model's stream ended before its end.", true);
  return { output, usage };
}

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
const RETRYABLE = new Set([408, 409, 429]);

function classify(error: unknown): ModelError {
  const cause = { cause: error };
  if (error instanceof APIUserAbortError) return new ModelError("model_silent", "The model fell silent.", true);
  if (error instanceof APIConnectionError) {
    return new ModelError("model_unreachable", "The model's endpoint does not answer.", true, undefined, cause);
  }
  if (error instanceof APIError && typeof error.status === "number") {
    const { status, headers } = error as APIError<number, Headers>;
    const retryable = RETRYABLE.has(status) || status >= 500;
    const after = Number(headers.get("retry-after") ?? Number.NaN);
    const message = `The model's endpoint answered ${status}.`;
    return new ModelError(
      `model_http_${status}`,
      message,
      retryable,
      Number.isFinite(after) ? after : undefined,
      cause,
    );
  }
  return new ModelError("model_stream_broken", "The model's stream could not be read.", true, undefined, cause);
}
