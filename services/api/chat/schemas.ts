import { z } from "zod";

/** OpenAI's chat completions, as far as they are served: https://platform.openai.com/docs/api-reference/chat. */

/** A field that may be sent with the values that change nothing. */
const onlyNull = (what: string): z.ZodOptional<z.ZodNull> =>
  z.null({ error: `is not supported: ${what}. Leave it out.` }).optional();
const onlyEmpty = (what: string): z.ZodOptional<z.ZodNullable<z.ZodArray<z.ZodUnknown>>> =>
  z.array(z.unknown()).max(0, `is not supported: ${what}. Leave it out.`).nullish();
const ignored = z.unknown().optional().describe("Ignored.");

const NO_TOOLS = "models are given no tools";
const text = z.string().max(1_000_000);
const textPart = z.object({ type: z.literal("text", "must be 'text': messages hold no images, audio or files"), text });

/** A message, also one that an earlier answer brought. */
export const chatMessage = z
  .strictObject({
    role: z.enum(["system", "developer", "user", "assistant"]).describe("'developer' is treated as 'system'."),
    content: z.union([text, z.array(textPart).min(1).max(1_000)]),
    refusal: onlyNull("a refusal is no message"),
    annotations: onlyEmpty("messages have no annotations"),
    audio: onlyNull("messages hold no audio"),
    tool_calls: onlyEmpty(NO_TOOLS),
    function_call: onlyNull(NO_TOOLS),
  })
  .meta({ id: "ChatMessage", examples: [{ role: "user", content: "Greet the world." }] });

const penalty = z.number().min(-2).max(2).nullish();
const tokens = z.int().min(1).max(1_000_000).nullish();

export const chatRequest = z
  .strictObject({
    model: z.string().min(1).max(200),
    messages: z.array(chatMessage).min(1).max(1_000),
    stream: z.boolean().nullish(),
    stream_options: z
      .strictObject({ include_usage: z.boolean().nullish(), include_obfuscation: ignored })
      .nullish()
      .describe("With 'include_usage', the last chunk reports the tokens used."),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    max_completion_tokens: tokens,
    max_tokens: tokens.describe("The older name of 'max_completion_tokens', which takes precedence."),
    seed: z.int().min(0).max(2_147_483_647).nullish(),
    stop: z
      .union([z.string().min(1).max(1_000), z.array(z.string().min(1).max(1_000)).max(4)])
      .nullish()
      .describe("The answer ends before the first of these texts."),
    frequency_penalty: penalty,
    presence_penalty: penalty,
    n: z.literal(1, "must be 1: one answer is given").nullish(),
    response_format: z
      .strictObject({ type: z.literal("text", "must be 'text'") })
      .nullish()
      .describe("Only text is supported."),
    modalities: z.array(z.literal("text", "must be 'text'")).nullish(),
    logprobs: z.literal(false, "must be false: no probabilities are given").nullish(),
    top_logprobs: onlyNull("no probabilities are given"),
    logit_bias: z.strictObject({}).nullish(),
    tools: onlyEmpty(NO_TOOLS),
    tool_choice: z.enum(["none", "auto"], `is not supported: ${NO_TOOLS}. Leave it out.`).nullish(),
    functions: onlyEmpty(NO_TOOLS),
    function_call: z.enum(["none", "auto"], `is not supported: ${NO_TOOLS}. Leave it out.`).nullish(),
    parallel_tool_calls: ignored,
    user: ignored,
    safety_identifier: ignored,
    prompt_cache_key: ignored,
    metadata: ignored,
    store: ignored,
    service_tier: ignored,
  })
  .meta({
    id: "ChatRequest",
    examples: [{ model: "simulated", messages: [{ role: "user", content: "Greet the world." }] }],
  });
export type ChatRequest = z.output<typeof chatRequest>;

const chatUsage = z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() });

export type ChatUsage = z.output<typeof chatUsage>;

export const chatCompletion = z
  .object({
    id: z.uuid().describe("The id of the execution, for GET /executions/{id}."),
    object: z.literal("chat.completion"),
    created: z.int().describe("Unix time in seconds."),
    model: z.string().describe("The model that answered: the requested one, or one of its fallbacks."),
    choices: z.array(
      z.object({
        index: z.literal(0),
        message: z.object({ role: z.literal("assistant"), content: z.string(), refusal: z.null() }),
        logprobs: z.null(),
        finish_reason: z.string(),
      }),
    ),
    usage: chatUsage.optional().describe("Tokens of all attempts. Absent if the model reported none."),
  })
  .meta({ id: "ChatCompletion" });
export type ChatCompletion = z.output<typeof chatCompletion>;

export const listedModel = z
  .object({
    id: z.string().describe("The name to use in requests."),
    object: z.literal("model"),
    created: z.literal(0).describe("Always 0: unknown."),
    owned_by: z.enum(["platform", "organization"]),
  })
  .meta({ id: "ListedModel" });

export const chatError = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable().describe("The invalid part of the request."),
      code: z.string().describe("The code of a problem document, or the reason why the execution failed."),
    }),
  })
  .meta({ id: "ChatError" });
export type ChatError = z.output<typeof chatError>;
