import Anthropic, { APIConnectionError, APIError, APIUserAbortError } from "@anthropic-ai/sdk";
import { z } from "zod";
import { finishWord, parseChunk, type Piece, tokenCount } from "./model-answer.ts";
import { passing } from "./model-error.ts";
import type { ModelCall, ModelProtocol } from "./model-protocol.ts";

/** What is read of a stream's events. Events of other types add nothing to a text, and more may come. */
const startSchema = z.object({
  message: z.object({
    usage: z.object({
      input_tokens: tokenCount,
      cache_creation_input_tokens: tokenCount.nullish(),
      cache_read_input_tokens: tokenCount.nullish(),
      output_tokens: tokenCount,
    }),
  }),
});
const blockSchema = z.object({ delta: z.object({ type: z.string(), text: z.string().optional() }) });
const deltaSchema = z.object({
  delta: z.object({ stop_reason: finishWord.nullish() }),
  usage: z.object({ output_tokens: tokenCount }),
});
const eventSchema = z.object({ type: z.string() });

/** Our words for why a model stopped; the others are Anthropic's own. */
const finishReasons: Readonly<Record<string, string>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
};

/** Anthropic's messages, streamed. */
export const anthropic: ModelProtocol = {
  errors: { APIError, APIConnectionError, APIUserAbortError },
  async *stream({ url, apiKey, client: shared }, call, request) {
    // Unless told otherwise, the library looks for tokens in the environment, and makes spans that may hold prompts.
    const client = new Anthropic({ baseURL: url, apiKey, authToken: null, openTelemetry: false, ...shared });
    const stream = await client.messages.create({ ...bodyOf(call), stream: true }, request);
    for await (const event of stream) yield pieceOf(event);
  },
};

/** Instructions stand beside the conversation, every request says how long the answer may be, and what ends it has another name. */
function bodyOf({
  model,
  messages,
  parameters,
  maxOutputTokens,
}: ModelCall): Anthropic.MessageCreateParamsNonStreaming {
  const { max_tokens = maxOutputTokens, stop } = parameters;
  if (max_tokens === undefined)
    throw new Error(`Model '${model}' states no maxOutputTokens. Add it to PROMPTOPS_MODELS.`);
  const system = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  return {
    model,
    max_tokens,
    ...(stop && { stop_sequences: [...stop] }),
    ...(system.length > 0 && { system: system.join("\n\n") }),
    messages: messages.flatMap(({ role, content }) => (role === "system" ? [] : [{ role, content }])),
  };
}

function pieceOf(event: unknown): Piece {
  const { type } = parseChunk(eventSchema, event);
  switch (type) {
    case "message_start": {
      const { usage } = parseChunk(startSchema, event).message;
      const cached = (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
      return { usage: { promptTokens: usage.input_tokens + cached, completionTokens: usage.output_tokens } };
    }
    case "content_block_delta": {
      const { delta } = parseChunk(blockSchema, event);
      if (delta.type !== "text_delta") return {};
      if (delta.text !== undefined) return { text: delta.text };
      throw passing("model_answer_invalid", "The model's endpoint sent a piece of text without text.");
    }
    case "message_delta": {
      const { delta, usage } = parseChunk(deltaSchema, event);
      const reason = delta.stop_reason;
      return {
        finishReason: reason && (finishReasons[reason] ?? reason),
        usage: { completionTokens: usage.output_tokens },
      };
    }
    default:
      return {};
  }
}
