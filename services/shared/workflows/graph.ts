import { z } from "zod";
import { labelName } from "../prompts/labels.ts";

/** What a workflow is: nodes, what each comes after, and what the workflow returns. Nodes have an order, and names. */

export const MAX_NODES = 100;
/** The most elements of a map. Each one is an execution of a prompt. */
export const MAX_ITEMS = 100;
/** Characters of an expression. */
export const MAX_EXPRESSION = 1_000;
/** Seconds of a workflow, and of a wait in it. */
export const MAX_SECONDS = 30 * 24 * 3_600;

export const nodeName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, "must be a lower-case letter, then lower-case letters, digits and '_', at most 40");
const expression = z.string().min(1).max(MAX_EXPRESSION);
const common = {
  name: nodeName,
  after: z.array(nodeName).max(MAX_NODES).default([]).describe("The nodes that must end before this node starts."),
};
const onFailure = z
  .enum(["fail", "pause"])
  .default("fail")
  .describe("'fail' ends the workflow; 'pause' waits until a person retries or aborts the node.");
const prompt = {
  prompt: z.string().min(1).max(64).describe("The prompt's name."),
  version: z
    .int()
    .min(1)
    .max(2_147_483_647)
    .optional()
    .describe("By default, the latest version when the workflow is stored."),
  label: labelName
    .optional()
    .describe("Instead of 'version': the version that this label of the prompt names when the workflow is executed."),
  variables: z
    .record(z.string().max(64), expression)
    .default({})
    .describe("A CEL expression for each variable of the prompt. A value that is not a string is encoded as JSON."),
  timeoutSeconds: z.int().min(1).max(3_600).default(300),
  onFailure,
};

const promptNode = z.strictObject({ ...common, type: z.literal("prompt"), ...prompt });
const mapNode = z.strictObject({
  ...common,
  type: z.literal("map"),
  over: expression.describe(
    `A CEL expression that returns a list of at most ${MAX_ITEMS} elements. 'item' and 'index' refer to the current element.`,
  ),
  ...prompt,
});
const conditionNode = z.strictObject({
  ...common,
  type: z.literal("condition"),
  if: expression.describe("A CEL expression that returns a boolean."),
  then: z.array(nodeName).max(MAX_NODES).default([]).describe("Nodes that run only if the expression is true."),
  else: z.array(nodeName).max(MAX_NODES).default([]).describe("Nodes that run only if the expression is false."),
  onFailure,
});
const approvalNode = z.strictObject({ ...common, type: z.literal("approval"), onFailure });
const waitNode = z.strictObject({ ...common, type: z.literal("wait"), seconds: z.int().min(0).max(MAX_SECONDS) });

const node = z.discriminatedUnion("type", [promptNode, mapNode, conditionNode, approvalNode, waitNode]);

export const graphSchema = z.strictObject({
  nodes: z.array(node).min(1).max(MAX_NODES),
  output: expression
    .optional()
    .describe("A CEL expression for the workflow's output. A value that is not a string is encoded as JSON."),
});

export type Graph = z.output<typeof graphSchema>;
export type Node = Graph["nodes"][number];
export type PromptNode = z.output<typeof promptNode> | z.output<typeof mapNode>;

export const isPromptNode = (of: Node): of is PromptNode => of.type === "prompt" || of.type === "map";

/** The prompt of a node, as it was when the workflow was stored. */
export interface PromptVersion {
  readonly promptId: string;
  readonly version: number;
  /** What names the version anew for each execution. @default - it stays */
  readonly label?: string;
}

/** What leads to a node: the nodes that it comes after, and the conditions that choose it. */
export interface Edges {
  readonly after: readonly string[];
  readonly chosenBy: readonly { readonly condition: string; readonly when: boolean }[];
}

/** The edges to each node, by its name. */
export function edgesOf({ nodes }: Graph): ReadonlyMap<string, Edges> {
  const conditions = nodes.filter((each) => each.type === "condition");
  return new Map(
    nodes.map(({ name, after }) => [
      name,
      {
        after,
        chosenBy: conditions.flatMap(({ name: condition, then, else: otherwise }) => [
          ...(then.includes(name) ? [{ condition, when: true }] : []),
          ...(otherwise.includes(name) ? [{ condition, when: false }] : []),
        ]),
      },
    ]),
  );
}

/** Names of the nodes from which edges lead to it. */
export const predecessorsOf = ({ after, chosenBy }: Edges): string[] => [
  ...new Set([...after, ...chosenBy.map(({ condition }) => condition)]),
];

/** The nodes in an order in which each comes after its predecessors; those of a cycle, and what comes after one, are left out. */
export function sortNodes(graph: Graph): Node[] {
  const edges = edgesOf(graph);
  const sorted: Node[] = [];
  const placed = new Set<string>();
  for (let left = graph.nodes; ;) {
    const next = left.filter(({ name }) => predecessorsOf(edges.get(name) as Edges).every((each) => placed.has(each)));
    if (next.length === 0) return sorted;
    for (const each of next) placed.add(each.name);
    sorted.push(...next);
    left = left.filter(({ name }) => !placed.has(name));
  }
}
