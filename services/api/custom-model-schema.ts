import { z } from "zod";
import { CUSTOM_MODELS, modelFacts, protocols } from "../../platform/model-schema.ts";
import { isPublicUrl, PUBLIC_URL_RULE } from "./public-url.ts";
import { name } from "./schemas.ts";

/** Characters of an API key: what a header's value may have. */
const API_KEY = /^[\x21-\x7e]{1,4096}$/;

const tokens = z.int().min(1).max(100_000_000);
const { price } = modelFacts;

/** An endpoint on the internet. What its host's name resolves to is checked whenever it is connected to. */
const url = z
  .string()
  .max(2_000)
  .regex(/^[^\s?#]*$/, "must have no space, query and fragment")
  .refine(isPublicUrl, PUBLIC_URL_RULE);

const facts = {
  protocol: z.enum(protocols).describe("The endpoint's API: OpenAI's chat completions, or Anthropic's messages."),
  url: url.describe(
    "The endpoint's base URL. For OpenAI's API it ends with the version, such as /v1; for Anthropic's it does not.",
  ),
  servedAs: z.string().min(1).max(200).describe("The model's name at the endpoint."),
  concurrency: z.int().min(1).max(256).default(16).describe("Maximum number of concurrent executions."),
  contextLength: tokens.optional().describe("Maximum tokens of prompt and answer together."),
  maxOutputTokens: tokens.optional().describe("Maximum tokens of an answer. Required for Anthropic's API."),
  price: price.describe(
    "USD per million tokens, and the day on which the price was looked up. Without it, executions have no cost.",
  ),
  fallbacks: z
    .array(z.string().min(1).max(200))
    .max(10)
    .refine((names) => new Set(names).size === names.length, "must not name a model twice")
    .default([])
    .describe("Models that are used if this one fails, in this order: operators' models or 'custom/<name>'."),
};

const apiKey = z
  .string()
  .regex(API_KEY, "must be at most 4,096 printable ASCII characters, without spaces")
  .optional()
  .describe("The endpoint's API key. It is stored encrypted, and never returned.");

interface Lengths {
  readonly protocol: string;
  readonly contextLength?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
}

const statesItsLength = ({ protocol, maxOutputTokens }: Lengths): boolean =>
  protocol !== "anthropic" || maxOutputTokens !== undefined;
const answersFit = ({ contextLength = Number.POSITIVE_INFINITY, maxOutputTokens = 0 }: Lengths): boolean =>
  maxOutputTokens <= contextLength;

const example = {
  ...{ protocol: "openai" as const, url: "https://models.example.com/v1", servedAs: "large-2", concurrency: 16 },
  ...{ contextLength: 131_072, maxOutputTokens: 8_192, fallbacks: ["simulated"] },
};

/** A model as it is replaced. All of it is: an API key that is left out is gone. */
export const customModelInput = z
  .strictObject({ ...facts, apiKey })
  .refine(statesItsLength, { path: ["maxOutputTokens"], error: "must be set where 'protocol' is anthropic" })
  .refine(answersFit, { path: ["maxOutputTokens"], error: "must not exceed 'contextLength'" })
  .meta({ id: "ReplacedCustomModel", examples: [{ ...example, apiKey: "sk-0123456789" }] });
export type CustomModelInput = z.output<typeof customModelInput>;

/** A model as it is created. */
export const newCustomModel = customModelInput
  .safeExtend({ name })
  .meta({ id: "NewCustomModel", examples: [{ name: "large", ...example, apiKey: "sk-0123456789" }] });

export const customModel = z
  .object({
    id: z.uuid().describe("The id that audit events contain."),
    name: z.string(),
    model: z.string().describe(`The name to use in prompts: '${CUSTOM_MODELS}<name>'.`),
    ...{ protocol: facts.protocol, url: z.string(), servedAs: z.string(), concurrency: z.int() },
    contextLength: z.int().nullable(),
    maxOutputTokens: z.int().nullable(),
    price: z.object({ input: z.number(), output: z.number(), asOf: z.iso.date() }).nullable(),
    fallbacks: z.array(z.string()),
    hasApiKey: z.boolean(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "CustomModel" });
export type ShownCustomModel = z.output<typeof customModel>;
