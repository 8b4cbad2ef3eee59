import { z } from "zod";
import { type Completion, content, type Format } from "./completion.ts";

const absent = z.undefined({ error: "Extra inputs are not permitted" }).optional();

const request = z.looseObject({
  model: z.string(),
  max_tokens: z.int().min(1),
  system: content,
  messages: z.array(z.looseObject({ role: z.enum(["user", "assistant"]), content })).min(1),
  stream: z.boolean().optional(),
  // Removed in version 2026-10-21 of the API.
  temperature: absent,
  top_p: absent,
  top_k: absent,
});

/** By status, as https://docs.claude.com/en/api/errors lists them. */
const errorTypes: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  404: "not_found_error",
  429: "rate_limit_error",
  529: "overloaded_error",
};

/** Anthropic's messages. */
export const anthropicFormat: Format = {
  read: (body) => {
    const { model, max_tokens, system, messages, stream } = request.parse(body);
    const instructions = system === "" ? [] : [{ role: "system", content: system }];
    return {
      ...{ model, messages: [...instructions, ...messages], maxTokens: max_tokens },
      ...{ stream: stream === true, withUsage: true },
    };
  },
  whole: (completion) => ({
    ...messageOf(completion),
    content: [{ type: "text", text: completion.tokens.join("") }],
    stop_reason: reasonOf(completion),
    usage: { input_tokens: completion.promptTokens, output_tokens: completion.tokens.length },
  }),
  begin: (completion) =>
    event("message_start", { message: messageOf(completion) }) +
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
    event("ping"),
  token: (_, text) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text } }),
  end: (completion) =>
    event("content_block_stop", { index: 0 }) +
    event("message_delta", {
      delta: { stop_reason: reasonOf(completion), stop_sequence: null },
      usage: { output_tokens: completion.tokens.length },
    }) +
    event("message_stop"),
  garbage: "event: content_block_delta\ndata: {this is no JSON\n\n",
  failure: event("error", { error: { type: "overloaded_error", message: "Failed on demand." } }),
  refusal: (status, message) => ({ type: "error", error: { type: errorTypes[status] ?? "api_error", message } }),
};

function event(type: string, body: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...body })}\n\n`;
}

/** Every request states `max_tokens`, and the simulator has always more to say. */
const reasonOf = ({ reason }: Completion): string => (reason === "length" ? "max_tokens" : "end_turn");

const messageOf = ({ id, model, promptTokens }: Completion): object => ({
  ...{ id: `msg_${id}`, type: "message", role: "assistant", model, content: [] },
  ...{ stop_reason: null, stop_sequence: null, usage: { input_tokens: promptTokens, output_tokens: 1 } },
});
