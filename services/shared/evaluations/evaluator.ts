import { z } from "zod";
import { labelName } from "../prompts/labels.ts";

/** What gives an output a score from 0 to 1. */

/** Characters of an expression and of a regular expression. */
const MAX_EXPRESSION = 1_000;
const MAX_TEXT = 10_000;
const MAX_COUNT = 2_147_483_647;

const threshold = z
  .number()
  .min(0)
  .max(1)
  .default(0.5)
  .describe("An output passes if its score is this or more. Rules give 0 or 1.");
const value = z.string().max(MAX_TEXT).optional().describe("By default, the item's 'expected'.");
const ignoreCase = z.boolean().default(false);
const model = z.string().min(1).max(200);

/** What a judge's prompt is given, if it declares it as a variable. */
export const JUDGE_VARIABLES = ["input", "output", "expected"] as const;

const rules = [
  z.strictObject({ type: z.literal("equals"), value, ignoreCase, threshold }),
  z.strictObject({ type: z.literal("contains"), value, ignoreCase, threshold }),
  z.strictObject({
    ...{ type: z.literal("matches"), threshold },
    pattern: z.string().min(1).max(MAX_EXPRESSION).describe("A regular expression with RE2 syntax."),
  }),
  z.strictObject({
    ...{ type: z.literal("json_schema"), threshold },
    schema: z.record(z.string(), z.unknown()).describe("A JSON schema (draft 2020-12). 'format' is not validated."),
  }),
  z.strictObject({
    ...{ type: z.literal("length"), threshold },
    minCharacters: z.int().min(0).max(MAX_COUNT).default(0),
    maxCharacters: z.int().min(0).max(MAX_COUNT).optional(),
  }),
  z.strictObject({
    ...{ type: z.literal("latency"), threshold },
    maxMilliseconds: z.int().min(1).max(MAX_COUNT).describe("From the start of the execution to its end."),
  }),
  z.strictObject({
    ...{ type: z.literal("cost"), threshold },
    maxMicroUsd: z.int().min(0).max(MAX_COUNT).describe("Millionths of a USD. A model without a price has no score."),
  }),
  z.strictObject({
    ...{ type: z.literal("tokens"), threshold },
    maxTokens: z.int().min(1).max(MAX_COUNT).describe("Of the prompt and the answer together."),
  }),
] as const;

const expression = z.strictObject({
  ...{ type: z.literal("expression"), threshold },
  expression: z
    .string()
    .min(1)
    .max(MAX_EXPRESSION)
    .describe(
      "A CEL expression that returns a boolean or a number from 0 to 1. It reads 'output', 'expected', 'variables', 'latencyMs', 'tokens' and 'costMicroUsd'.",
    ),
});

const judge = {
  ...{ type: z.literal("judge"), threshold },
  promptId: z
    .uuid()
    .describe(
      `A prompt that declares 'output', and of ${JUDGE_VARIABLES.map((name) => `'${name}'`).join(", ")} no others.`,
    ),
  model: model.optional().describe("By default, the model of the prompt's version."),
  scale: z
    .strictObject({ min: z.number().min(-1_000_000).max(1_000_000), max: z.number().min(-1_000_000).max(1_000_000) })
    .default({ min: 0, max: 1 })
    .describe("The scale of 'score' in the judge's answer, a JSON object. It is mapped to 0 to 1."),
};
const version = z.int().min(1).max(MAX_COUNT);
const newJudge = z.strictObject({
  ...judge,
  version: version
    .optional()
    .describe("By default the version that 'label' names, or the latest one, when the evaluator is created."),
  label: labelName.optional(),
});

export const newDefinition = z
  .discriminatedUnion("type", [...rules, expression, newJudge])
  .meta({ id: "NewDefinition" });
export const definition = z
  .discriminatedUnion("type", [...rules, expression, z.strictObject({ ...judge, version })])
  .meta({ id: "Definition" });

export type NewDefinition = z.output<typeof newDefinition>;
export type Definition = z.output<typeof definition>;
export type Judge = Extract<Definition, { readonly type: "judge" }>;
/** An evaluator that needs no model. */
export type Rule = Exclude<Definition, Judge>;

/** Names of the variables that an expression reads. */
export const EXPRESSION_VARIABLES = ["output", "expected", "variables", "latencyMs", "tokens", "costMicroUsd"] as const;
