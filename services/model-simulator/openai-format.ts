import { z } from "zod";
import { type Completion, content, type Format } from "./completion.ts";

const request = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
});

/** OpenAI's chat completions, as vLLM writes them. */
export const openaiFormat: Format = {
  read: (body) => {
    const { model, messages, stream, stream_options, max_tokens, max_completion_tokens } = request.parse(body);
    return {
      ...{ model, messages },
      maxTokens: max_completion_tokens ?? max_tokens ?? undefined,
      stream: stream === true,
      withUsage: stream_options?.include_usage === true,
    };
  },
  whole: (completion) => {
    const { tokens, reason } = completion;
    const choice = { index: 0, message: { role: "assistant", content: tokens.join("") }, finish_reason: reason };
    return { ...headOf(completion), object: "chat.completion", choices: [choice], usage: usageOf(completion) };
  },
  // The role, a token each, the reason, the usage if it was asked for, [DONE].
  begin: (completion) => chunk(completion, [choiceOf({ role: "assistant", content: "" })]),
  token: (completion, text) => chunk(completion, [choiceOf({ content: text })]),
  end: (completion) =>
    [
      chunk(completion, [choiceOf({}, completion.reason)]),
      completion.withUsage ? chunk(completion, [], { usage: usageOf(completion) }) : "",
      "data: [DONE]\n\n",
    ].join(""),
  garbage: "data: {this is no JSON\n\n",
  failure: `data: ${JSON.stringify({ error: { message: "Failed on demand.", type: "InternalServerError", code: 500 } })}\n\n`,
  refusal: (code, message) => ({
    error: { message, type: code === 404 ? "NotFoundError" : "BadRequestError", param: null, code },
  }),
};

const headOf = ({ id, created, model }: Completion): object => ({ id: `chatcmpl-${id}`, created, model });

const choiceOf = (delta: object, reason: string | null = null): object => ({ index: 0, delta, finish_reason: reason });

function chunk(completion: Completion, choices: object[], more: object = {}): string {
  const body = { ...headOf(completion), object: "chat.completion.chunk", choices, ...more };
  return `data: ${JSON.stringify(body)}\n\n`;
}

const usageOf = ({ promptTokens, tokens: { length } }: Completion): object => ({
  prompt_tokens: promptTokens,
  completion_tokens: length,
  total_tokens: promptTokens + length,
});
