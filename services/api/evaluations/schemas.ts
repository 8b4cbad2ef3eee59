import { z } from "zod";
import { isUnique } from "../../../platform/schema.ts";
import { definition, newDefinition } from "../../shared/evaluations/evaluator.ts";
import { labelName } from "../../shared/prompts/labels.ts";
import { name, variableName } from "../schemas.ts";

/** Items in one request, and of one dataset. */
export const MAX_ITEMS_AT_ONCE = 500;
export const MAX_ITEMS = 2_000;

const tag = z.string().min(1).max(64);
const itemExample = { variables: { name: "Ada" }, expected: "Hello, Ada!", tags: ["short"] };

export const datasetInput = z.strictObject({ name }).meta({ id: "NewDataset", examples: [{ name: "greetings" }] });
export const dataset = z
  .object({
    id: z.uuid(),
    name: z.string(),
    items: z.int().describe("The number of its items that were not removed."),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "Dataset" });

export const itemInput = z
  .strictObject({
    variables: z.record(variableName, z.string()).describe("Values of a prompt's variables. Prompts ignore others."),
    expected: z.string().optional().describe("What the output should be."),
    tags: z.array(tag).max(20).default([]),
  })
  .meta({ id: "NewItem", examples: [itemExample] });
export const itemsInput = z
  .strictObject({ items: z.array(itemInput).min(1).max(MAX_ITEMS_AT_ONCE) })
  .meta({ id: "NewItems", examples: [{ items: [itemExample] }] });
export type ItemInput = z.output<typeof itemInput>;

export const item = z
  .object({
    item: z.int().describe("The number of the item in its dataset, from 1."),
    variables: z.record(z.string(), z.string()),
    expected: z.string().nullable(),
    tags: z.array(z.string()),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "Item" });

/** A number that a path or a query holds as text. */
export const itemNumber = z.coerce.number().int().min(0).max(2_147_483_647);
export const byItem = z.object({ id: z.uuid(), item: itemNumber });
export const itemPage = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: itemNumber.default(0).describe("The last item of the previous page."),
});

export const evaluatorInput = z
  .strictObject({ name, definition: newDefinition })
  .meta({ id: "NewEvaluator", examples: [{ name: "polite", definition: { type: "contains", value: "please" } }] });
export const evaluator = z
  .object({ id: z.uuid(), name: z.string(), definition, createdAt: z.iso.datetime() })
  .meta({ id: "Evaluator" });

/** Candidates and evaluators of an experiment. */
const MAX_CANDIDATES = 5;
const MAX_EVALUATORS = 5;

const candidateInput = z.strictObject({
  promptId: z.uuid(),
  version: z
    .int()
    .min(1)
    .max(2_147_483_647)
    .optional()
    .describe("By default the version that 'label' names, or the latest one, when the experiment is created."),
  label: labelName.optional(),
  model: z.string().min(1).max(200).optional().describe("By default, the model of the prompt's version."),
});
export type CandidateInput = z.output<typeof candidateInput>;
export const experimentInput = z
  .strictObject({
    name,
    datasetId: z.uuid(),
    candidates: z
      .array(candidateInput)
      .min(1)
      .max(MAX_CANDIDATES)
      .describe("The first one is what others are compared with."),
    evaluatorIds: z.array(z.uuid()).min(1).max(MAX_EVALUATORS).refine(isUnique, "must name each evaluator once"),
    timeoutSeconds: z.int().min(1).max(3600).default(300).describe("Of each execution."),
  })
  .meta({
    id: "NewExperiment",
    examples: [
      {
        ...{ name: "shorter-greeting", datasetId: "0b8f8b1e-7c0e-4f6e-9a51-3f2f0c6f7d11", timeoutSeconds: 300 },
        candidates: [{ promptId: "4f9f4c57-5a51-4a0c-8d4e-0f8f7a0c3b55", label: "production" }],
        evaluatorIds: ["5f0c6e2a-1f43-4b0a-a3c9-7e8c5d1b2a90"],
      },
    ],
  });
export type ExperimentInput = z.output<typeof experimentInput>;

const failure = z.object({ code: z.string(), message: z.string() });
const candidate = z.object({
  promptId: z.uuid(),
  version: z.int(),
  label: z.string().nullable().describe("The label that named the version. Null if none did."),
  model: z.string(),
});
export const experiment = z
  .object({
    id: z.uuid(),
    name: z.string(),
    datasetId: z.uuid(),
    state: z.enum(["running", "succeeded", "failed", "cancelled"]),
    error: failure.nullable(),
    candidates: z.array(candidate),
    evaluatorIds: z.array(z.uuid()),
    items: z.int().describe("Items of the dataset when the experiment was created: those that it runs."),
    results: z.int().describe("Items times candidates."),
    endedResults: z.int(),
    timeoutSeconds: z.int(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "Experiment" });

const interval = z.tuple([z.number(), z.number()]).nullable();
const scoreSummary = z.object({
  evaluatorId: z.uuid(),
  scored: z.int().describe("Outputs with a score."),
  failures: z
    .int()
    .describe("Outputs without one, such as where a judge's answer was no score. They count in no other figure."),
  mean: z.number().nullable().describe("The mean of the scores. Null if there is none."),
  passed: z.int().describe("Scores of the evaluator's threshold or more."),
  passRate: z.number().nullable().describe("'passed' divided by 'scored'."),
  passRateInterval: interval.describe("The 95 % confidence interval of 'passRate', by Wilson's score."),
  difference: z
    .object({
      pairs: z.int().describe("Items with a score of both candidates."),
      mean: z.number().describe("The mean of this candidate's score less that of the first one."),
      interval: interval.describe(
        "The 95 % confidence interval of 'mean', by Student's t for pairs. Null for one pair.",
      ),
    })
    .nullable()
    .describe("To the first candidate. Null for itself, and where no item has both scores."),
});
const candidateSummary = candidate.extend({
  candidate: z.int().describe("Its place, from 0."),
  failures: z.int().describe("Items whose execution failed or was cancelled."),
  latencyMs: z
    .object({ p50: z.int(), p95: z.int() })
    .nullable()
    .describe("From start to end of the executions that succeeded, by nearest rank. Null for none."),
  tokens: z.int(),
  microUsd: z.int().nullable().describe("Millionths of a USD. Null if the model has no price."),
  scores: z.array(scoreSummary),
});
export const experimentDetail = experiment
  .extend({
    summary: z.array(candidateSummary),
    judges: z
      .object({ executions: z.int(), tokens: z.int(), microUsd: z.int().nullable() })
      .describe("What judges used, beside the candidates."),
  })
  .meta({ id: "ExperimentDetail" });
export type CandidateSummary = z.output<typeof candidateSummary>;
export type ScoreSummary = z.output<typeof scoreSummary>;

const scoreOfResult = z.object({
  evaluatorId: z.uuid(),
  state: z.enum(["waiting", "executing", "scored", "failed", "cancelled"]),
  score: z.number().nullable(),
  reason: z.string().nullable().describe("What a judge says of it."),
  error: failure.nullable(),
  executionId: z.uuid().nullable().describe("The execution of a judge."),
});
const resultOfItem = z.object({
  candidate: z.int(),
  state: z.enum(["pending", "executing", "scoring", "scored", "failed", "cancelled"]),
  executionId: z.uuid().nullable(),
  output: z.string().nullable().describe("The first 20,000 characters; GET /executions/{id} has all."),
  error: failure.nullable(),
  latencyMs: z.int().nullable(),
  tokens: z.int().nullable(),
  microUsd: z.int().nullable(),
  scores: z.array(scoreOfResult),
});
export const resultsOfItem = item
  .omit({ createdAt: true })
  .extend({ results: z.array(resultOfItem) })
  .meta({ id: "ItemResults" });

export const resultPage = itemPage.extend({ limit: z.coerce.number().int().min(1).max(50).default(20) });

export const gateInput = z
  .strictObject({
    datasetId: z.uuid(),
    evaluatorId: z.uuid(),
    minMean: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("The mean of the scores. An item without a score counts as 0."),
    minPassRate: z.number().min(0).max(1).optional().describe("Passed items divided by all items."),
  })
  .refine(({ minMean, minPassRate }) => minMean !== undefined || minPassRate !== undefined, {
    path: ["minMean"],
    message: "or 'minPassRate' must be given",
  })
  .meta({
    id: "NewGate",
    examples: [
      {
        ...{ datasetId: "0b8f8b1e-7c0e-4f6e-9a51-3f2f0c6f7d11", minMean: 0.8 },
        evaluatorId: "5f0c6e2a-1f43-4b0a-a3c9-7e8c5d1b2a90",
      },
    ],
  });
export const gate = z
  .object({
    label: z.string(),
    datasetId: z.uuid(),
    evaluatorId: z.uuid(),
    minMean: z.number().nullable(),
    minPassRate: z.number().nullable(),
  })
  .meta({ id: "Gate" });
export const override = z
  .object({
    id: z.uuid(),
    label: z.string(),
    version: z.int(),
    reason: z.string(),
    overriddenBy: z.uuid().describe("The id of an API key or a user."),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "Override" });
