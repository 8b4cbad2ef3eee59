import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from "openai";
import { z } from "zod";
import { finishWord, parseChunk, type Piece, tokenCount } from "./model-answer.ts";
import type { ModelCall, ModelProtocol } from "./model-protocol.ts";

/** What is read of a chunk of a chat completion. */
const chunkSchema = z.object({
  choices: z
    .array(z.object({ delta: z.object({ content: z.string().nullish() }), finish_reason: finishWord.nullish() }))
    .max(1),
  usage: z.object({ prompt_tokens: tokenCount, completion_tokens: tokenCount }).nullish(),
});

/** OpenAI's chat completions, streamed. */
export const openai: ModelProtocol = {
  errors: { APIError, APIConnectionError, APIUserAbortError },
  async *stream({ url, apiKey, client: shared }, call, request) {
    const client = new OpenAI({ baseURL: url, apiKey, ...shared });
    const stream = await client.chat.completions.create({ ...bodyOf(call), stream: true }, request);
    for await (const chunk of stream) yield pieceOf(chunk);
  },
};

function bodyOf({
  model,
  messages,
  parameters: { stop, ...numbers },
}: ModelCall): OpenAI.ChatCompletionCreateParamsNonStreaming {
  return {
    ...{ model, messages: [...messages], ...numbers },
    ...(stop && { stop: [...stop] }),
    stream_options: { include_usage: true },
  };
}

function pieceOf(chunk: unknown): Piece {
  const {
    choices: [choice],
    usage,
  } = parseChunk(chunkSchema, chunk);
  return {
    text: choice?.delta.content,
    finishReason: choice?.finish_reason,
    usage: usage ? { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens } : undefined,
  };
}
