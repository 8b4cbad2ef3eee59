import { z } from "zod";
import { definition, newDefinition } from "../../shared/evaluations/evaluator.ts";
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
