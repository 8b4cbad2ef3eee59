import { z } from "zod";
import { flag, isUnique, label, replicas, text, url, whole } from "./schema.ts";

/** APIs that models are called by: OpenAI's chat completions, which vLLM and most providers have, and Anthropic's messages. */
export const protocols = ["openai", "anthropic"] as const;
export type Protocol = (typeof protocols)[number];

/** With this, prompts name a model that their tenant has brought. */
export const CUSTOM_MODELS = "custom/";

const modelName = text(/^(?!.*\.\.)[\w@][\w.:@/+-]{0,199}$/, "a model's name", "Qwen/Qwen2.5-7B-Instruct").refine(
  (name) => !name.startsWith(CUSTOM_MODELS),
  { error: `must not begin with '${CUSTOM_MODELS}': tenants' own models do. Take another name.` },
);
const tokens = whole(1, 100_000_000, "a number of tokens");

const PRICE_RULE =
  "must be USD per million tokens, a number from 0 to 10000 with at most six decimal places. Write it like 0.25.";
/** Whole millionths, so that costs are computed without rounding a price. */
const usdPerMillion = z
  .number({ error: PRICE_RULE })
  .min(0, { error: PRICE_RULE })
  .max(10_000, { error: PRICE_RULE })
  .refine((value) => Number(value.toFixed(6)) === value, { error: PRICE_RULE });

const DATE_RULE = 'must be the day on which the price was read, quoted. Write it like "2026-11-29".';

const price = z.strictObject({
  /** USD per million tokens of prompts. */
  input: usdPerMillion,
  /** USD per million tokens of answers. */
  output: usdPerMillion,
  /** The day on which it was read. */
  asOf: z.iso.date({ error: DATE_RULE }).refine((day) => day >= "2000", { error: DATE_RULE }),
});
export type Price = z.output<typeof price>;

/** The keys of a model that services get unchanged. */
export const modelFacts = {
  /** The API of its endpoint or service. @default "openai" */
  protocol: z.enum(protocols, { error: `must be one of ${protocols.join(", ")}.` }).optional(),
  /** Tokens of prompt and answer together. @default - of a hosted model what it is started with, else unknown */
  contextLength: tokens.optional(),
  /** Tokens of an answer. @default - no limit but the context's */
  maxOutputTokens: tokens.optional(),
  /** What its provider charges. @default - executions have no cost */
  price: price.optional(),
  /** Models that answer instead when this one fails, in this order. @default - none */
  fallbacks: z
    .array(modelName, { error: "must be a list of models' names." })
    .refine(isUnique, { error: "must not name a model twice." })
    .optional(),
};

const NOT_HOSTED = "must not be set for a hosted model: the platform decides how it is started. Remove it.";

/** An entry of `models`. */
export const model = z
  .strictObject({
    name: modelName,
    /** A third-party API. */
    endpoint: url(
      /^https?:\/\/\S+$/,
      "an http or https URL without a query",
      "https://models.example.com/v1",
    ).optional(),
    /** The endpoint has a private IPv4 address, which pods may then reach on that port. @default false: it is on the internet */
    private: flag.optional(),
    /** The secret with the endpoint's API key: `<cluster>/models/<credential>` in the secret store. @default - none */
    credential: label.optional(),
    /** How many executions may run there at once. @default - what a hosted model's replicas take */
    concurrency: whole(1, 100_000, "a number of executions").optional(),
    ...modelFacts,
    /** One of our services that has the API, such as the simulator. It runs only where it is named. */
    service: label.optional(),
    /** Run by vLLM on the environment's GPUs. */
    hosted: z
      .strictObject({
        replicas,
        /** Of its repository. @default "main" */
        revision: text(
          /^[\w.-]+$/,
          "a commit or tag of the model's repository",
          "a09a35458c702b33eeacc393d103063234e8bc28",
        ).optional(),
      })
      .optional(),
  })
  .refine(
    (entry) => [entry.endpoint, entry.service, entry.hosted].filter((place) => place !== undefined).length === 1,
    {
      path: ["hosted"],
      error: "set one of 'endpoint', 'service' and 'hosted': exactly one of them says where the model runs.",
    },
  )
  .refine(({ endpoint, private: isPrivate, credential }) => endpoint !== undefined || !(isPrivate ?? credential), {
    path: ["endpoint"],
    error: "must be set where 'private' or 'credential' is: they belong to an endpoint. Remove them, or add it.",
  })
  .refine(({ endpoint, service, concurrency }) => (endpoint ?? service) === undefined || concurrency !== undefined, {
    path: ["concurrency"],
    error: "must say how many executions that server takes at once.",
  })
  .refine(({ hosted, protocol }) => !hosted || protocol === undefined, { path: ["protocol"], error: NOT_HOSTED })
  .refine(({ hosted, contextLength }) => !hosted || contextLength === undefined, {
    path: ["contextLength"],
    error: NOT_HOSTED,
  })
  .refine(({ protocol, maxOutputTokens }) => protocol !== "anthropic" || maxOutputTokens !== undefined, {
    path: ["maxOutputTokens"],
    error: "must be set where 'protocol' is anthropic: each of its requests says how long the answer may be.",
  })
  .refine(
    ({ contextLength, maxOutputTokens }) => (maxOutputTokens ?? 0) <= (contextLength ?? Number.POSITIVE_INFINITY),
    { path: ["maxOutputTokens"], error: "must not exceed 'contextLength', which holds the answer too. Lower it." },
  );
export type ModelEntry = z.output<typeof model>;
