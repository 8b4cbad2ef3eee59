import { z } from "zod";
import { personalData } from "../shared/prompts/personal-data.ts";
import { eventTypes, states } from "../shared/executions/events.ts";
import { labelName } from "../shared/prompts/labels.ts";
import { graphSchema, MAX_SECONDS, nodeName } from "../shared/workflows/graph.ts";
import { problem } from "./errors.ts";

/** What requests and answers look like: routes validate by it, and the OpenAPI document is made from it. */

export const name = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,62}[a-z0-9])?$/, "must be lower-case letters, digits and '-', at most 64");
export const tenantName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and '-', at most 63");
/** Compared in lower case, as it is stored. */
export const email = z
  .string()
  .max(254)
  .regex(/^[^\s@]+@[^\s@]+$/, "must be an e-mail address")
  .toLowerCase();
export const variableName = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/, "must be a letter or '_', then letters, digits and '_'");
const text = z.string().max(1_000_000);

const promptVersionExample = {
  model: "simulated",
  messages: [{ role: "user" as const, content: "Greet {{name}}." }],
  variables: { name: { default: "the world" } },
};

export const message = z
  .strictObject({
    role: z.enum(["system", "user", "assistant"]),
    content: text.describe("Text. {{name}} is replaced by the value of the variable 'name'."),
  })
  .meta({ id: "Message", examples: [{ role: "user", content: "Greet {{name}}." }] });

const textRules = z.strictObject({
  maxCharacters: z.int().min(1).max(10_000_000).optional(),
  forbidden: z
    .array(z.string().min(1).max(200))
    .max(50)
    .optional()
    .describe("Words and phrases, in whatever case, that are no part of a longer word."),
  personalData: z
    .array(z.enum(personalData))
    .max(personalData.length)
    .optional()
    .describe("Kinds that are found by their form."),
});
const guardrails = z
  .strictObject({
    input: textRules
      .optional()
      .describe("Rules for the values of the variables. An execution that violates one is refused."),
    output: textRules
      .extend({ format: z.literal("json").optional().describe("The whole output must be a JSON value.") })
      .optional()
      .describe(
        "Rules for the model's answer, which is sent only when it is complete. An execution that violates one fails.",
      ),
  })
  .meta({ id: "Guardrails", examples: [{ input: { personalData: ["card"] }, output: { format: "json" } }] });

export const promptVersionInput = z
  .strictObject({
    model: z.string().min(1).max(200),
    messages: z.array(message).min(1).max(100),
    variables: z
      .record(variableName, z.strictObject({ default: text.optional() }))
      .default({})
      .describe("The variables that the messages use. A variable without a default is required."),
    parameters: z
      .strictObject({
        temperature: z.number().min(0).max(2).optional(),
        top_p: z.number().min(0).max(1).optional(),
        max_tokens: z.int().min(1).max(1_000_000).optional(),
        seed: z.int().min(0).max(2_147_483_647).optional(),
      })
      .default({}),
    guardrails: guardrails.default({}),
  })
  .meta({ id: "NewPromptVersion", examples: [promptVersionExample] });

export const promptInput = promptVersionInput
  .extend({ name })
  .meta({ id: "NewPrompt", examples: [{ name: "greeting", ...promptVersionExample }] });

export const promptVersion = promptVersionInput
  .extend({ version: z.int(), createdAt: z.iso.datetime() })
  .meta({ id: "PromptVersion" });
export const prompt = z
  .object({ id: z.uuid(), name: z.string(), latestVersion: z.int(), createdAt: z.iso.datetime() })
  .meta({ id: "Prompt" });

export const model = z
  .object({
    name: z.string(),
    contextLength: z.int().nullable().describe("Maximum tokens of prompt and answer together. Null if unknown."),
    maxOutputTokens: z.int().nullable().describe("The maximum of 'max_tokens'. Null if the model has no such limit."),
    price: z
      .object({
        input: z.number().describe("USD per million input tokens."),
        output: z.number().describe("USD per million output tokens."),
        asOf: z.iso.date().describe("The day on which the price was looked up."),
      })
      .nullable(),
    fallbacks: z.array(z.string()).describe("Models that are used if this one fails, in this order."),
  })
  .meta({
    id: "Model",
    examples: [
      {
        ...{ name: "simulated", contextLength: 8192, maxOutputTokens: 4096, fallbacks: [] },
        price: { input: 0.25, output: 1.25, asOf: "2026-11-29" },
      },
    ],
  });

export const executionInput = z
  .strictObject({
    version: z
      .int()
      .min(1)
      .max(2_147_483_647)
      .optional()
      .describe("By default the version that 'label' names, or the latest one."),
    label: labelName.optional().describe("The label of the version, such as 'production'."),
    model: z.string().min(1).max(200).optional().describe("By default, the model of the prompt's version."),
    variables: z.record(variableName, text).default({}),
    timeoutSeconds: z.int().min(1).max(3600).default(300),
    cache: z
      .boolean()
      .default(true)
      .describe("At temperature 0: whether a cached answer to the same messages, up to a day old, may be returned."),
  })
  .meta({ id: "NewExecution", examples: [{ variables: { name: "Ada" }, timeoutSeconds: 60 }] });

const graphExample = {
  nodes: [
    { name: "research", type: "prompt" as const, prompt: "research", variables: { topic: "inputs.topic" } },
    {
      ...{ name: "summarize", type: "prompt" as const, after: ["research"] },
      ...{ prompt: "summarize", variables: { text: "nodes.research.output" } },
    },
  ],
  output: "nodes.summarize.output",
};

export const graph = graphSchema.meta({ id: "Graph" });
export const workflowVersionInput = z.strictObject({ graph }).meta({ id: "NewWorkflowVersion" });
export const workflowInput = workflowVersionInput
  .extend({ name })
  .meta({ id: "NewWorkflow", examples: [{ name: "report", graph: graphExample }] });
export const workflow = z
  .object({ id: z.uuid(), name: z.string(), latestVersion: z.int(), createdAt: z.iso.datetime() })
  .meta({ id: "Workflow" });
export const workflowVersion = z
  .object({
    version: z.int(),
    graph: graph.describe("The graph as it was stored, with the version of each prompt."),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "WorkflowVersion" });

export const workflowExecutionInput = z
  .strictObject({
    version: z.int().min(1).max(2_147_483_647).optional().describe("The latest version by default."),
    inputs: z.record(variableName, z.unknown()).default({}).describe("The values that expressions read as 'inputs'."),
    timeoutSeconds: z.int().min(1).max(MAX_SECONDS).default(3_600),
  })
  .meta({ id: "NewWorkflowExecution", examples: [{ inputs: { topic: "tides" }, timeoutSeconds: 600 }] });

const executionError = z.object({ code: z.string(), message: z.string() });

export const nodeExecution = z
  .object({
    node: z.string(),
    state: z.enum(["pending", "executing", "waiting", "paused", "completed", "failed", "skipped", "cancelled"]),
    attempt: z.int().describe("The number of times that the node was started."),
    error: executionError.nullable(),
    comment: z.string().nullable().describe("The comment of the person who approved or rejected the node."),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "NodeExecution" });

export const decisionInput = z
  .strictObject({ comment: z.string().max(10_000).optional() })
  .meta({ id: "Decision", examples: [{ comment: "Looks right." }] });
export const byNode = z.object({ id: z.uuid(), node: nodeName });

export const execution = z
  .object({
    id: z.uuid(),
    kind: z
      .enum(["prompt", "workflow", "chat"])
      .describe("'chat' is an execution created by POST /v1/chat/completions."),
    promptId: z.uuid().nullable(),
    promptVersion: z.int().nullable(),
    workflowId: z.uuid().nullable(),
    workflowVersion: z.int().nullable(),
    parent: z
      .object({ id: z.uuid(), node: z.string(), item: z.int(), attempt: z.int() })
      .nullable()
      .describe("The workflow execution and its node that this execution belongs to. Null if there is none."),
    experimentId: z.uuid().nullable().describe("The experiment that created the execution. Null if a client did."),
    model: z
      .string()
      .nullable()
      .describe("The model that answers: the requested one, or one of its fallbacks. Null for a workflow."),
    requestedModel: z.string().nullable().describe("The model that was requested. Null for a workflow."),
    state: z.enum(states),
    attempt: z.int(),
    output: z.string().nullable(),
    usage: z
      .record(z.string(), z.number())
      .nullable()
      .describe("Tokens of all attempts for which the model reported them."),
    cost: z
      .object({
        microUsd: z.int().describe("Cost of the tokens in 'usage', in millionths of a USD."),
        priceAsOf: z.iso.date().describe("The day on which the price was looked up."),
      })
      .nullable()
      .describe("Null if the model has no price."),
    finishReason: z
      .string()
      .nullable()
      .describe(
        "Why the model stopped. 'stop': the answer is complete. 'length': the output reached its maximum number of tokens.",
      ),
    cachedFrom: z
      .uuid()
      .nullable()
      .describe("The execution whose cached answer was returned. Null if the model was called."),
    error: executionError.nullable(),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "Execution" });

export const executionDetail = execution
  .extend({
    nodes: z
      .array(nodeExecution)
      .nullable()
      .describe("The nodes of a workflow, in the order of its graph. Null for other executions."),
  })
  .meta({ id: "ExecutionDetail" });

export const executionEvent = z
  .object({
    seq: z.int(),
    type: z.enum(eventTypes),
    attempt: z.int(),
    data: z.record(z.string(), z.unknown()),
    at: z.iso.datetime(),
  })
  .meta({ id: "ExecutionEvent" });

export const streamMessage = executionEvent
  .extend({ execution: z.uuid() })
  .meta({
    id: "StreamMessage",
    description: "A message that a WebSocket on /executions/{id}/stream sends, as JSON text.",
    examples: [
      {
        ...{ execution: "0b8f8b1e-7c0e-4f6e-9a51-3f2f0c6f7d11", seq: 2, type: "token_chunk" as const, attempt: 1 },
        ...{ data: { text: "Hello" }, at: "2026-01-01T12:00:00.000Z" },
      },
    ],
  });

export const problemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string().optional(),
    faults: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem", examples: [problem("not_found", { detail: "No such prompt." })] });

export const byId = z.object({ id: z.uuid() });
export const page = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  before: z.uuid().optional().describe("The last id of the previous page."),
});
