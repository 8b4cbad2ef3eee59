import type { Lease } from "../shared/executions/lease.ts";
import type { Endpoint } from "../shared/models/endpoints.ts";
import type { Usage } from "../shared/models/usage.ts";
import { currentCarrier } from "../shared/runtime/tracing.ts";
import { anthropic } from "./anthropic.ts";
import { type Answer, AnswerReader } from "./model-answer.ts";
import { classify, passing, silent } from "./model-error.ts";
import { openai } from "./openai.ts";

/** Seconds of silence after which a stream is taken for dead. */
const SILENCE_SECONDS = 60;

const protocols = { openai, anthropic };

export interface CallOptions {
  readonly onText: (text: string) => void;
  /** Told of what the endpoint has counted, once, however the call ends. @default - not told */
  readonly onUsage?: (usage: Usage) => void;
  readonly signal: AbortSignal;
}

/** Streams an answer, piece by piece, to its end. Throws a ModelError, or what aborted it. */
export async function callModel(
  endpoint: Endpoint,
  lease: Pick<Lease, "model" | "messages" | "parameters">,
  { onText, onUsage, signal }: CallOptions,
): Promise<Answer> {
  const { stream, errors } = protocols[endpoint.protocol];
  const served = endpoint.models.find(({ name }) => name === lease.model);
  const client = { ...clientOptions, ...(endpoint.fetch && { fetch: endpoint.fetch }) };
  const to = { url: endpoint.address ?? endpoint.url, apiKey: apiKeyOf(endpoint), client };
  const call = { ...lease, model: served?.servedAs ?? lease.model, maxOutputTokens: served?.maxOutputTokens };
  const reader = new AnswerReader(onText);
  const silence = silenceTimer();
  const request = { signal: AbortSignal.any([signal, silence.signal]), headers: currentCarrier() };
  try {
    for await (const piece of stream(to, call, request)) {
      silence.heard();
      reader.take(piece);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw classify(error, errors);
  } finally {
    silence.stop();
    onUsage?.(reader.usage);
  }
  // A stream that is aborted ends like any other.
  signal.throwIfAborted();
  if (silence.signal.aborted) throw silent();
  return reader.answer();
}

const clientOptions = {
  maxRetries: 0,
  timeout: SILENCE_SECONDS * 1000,
  logLevel: "off",
  // An endpoint that redirects would send prompts and its key to an address that nobody declared.
  fetchOptions: { redirect: "manual" },
} as const;

/** The client libraries demand a key, also where the endpoint asks for none. */
function apiKeyOf({ apiKey }: Endpoint): string {
  if (!apiKey) return "none";
  try {
    return apiKey();
  } catch (error) {
    throw passing("model_credential_missing", "The API key of the model's endpoint cannot be read.", error);
  }
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
