import { storable } from "../../shared/executions/write.ts";
import type { ModelOf } from "../../shared/models/by-name.ts";
import { type PromptCall, promptCall, PromptCallError, type PromptTemplate } from "../../shared/prompts/prompt-call.ts";
import { type Json, textOf } from "../../shared/workflows/expressions.ts";
import { MAX_ITEMS, type PromptNode, type PromptVersion } from "../../shared/workflows/graph.ts";
import type { Child } from "./node-store.ts";

/** Bytes of the messages that one node sends. */
const MAX_MESSAGES = 16 * 2 ** 20;

/** Why a node fails. */
export class NodeError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface ChildrenOptions {
  readonly prompt: PromptVersion;
  readonly template: PromptTemplate;
  readonly modelOf: ModelOf;
  /** The value of an expression, which stands under a path of the node. */
  readonly evaluate: (text: string, path: string, item?: Readonly<Record<string, Json>>) => Json;
}

/** What a node executes: its prompt with its variables put in, for a map once for each element. Throws a NodeError or TemplateError. */
export function childrenOf(node: PromptNode, { prompt, template, modelOf, evaluate }: ChildrenOptions): Child[] {
  let bytes = 0;
  return itemsOf(node, evaluate).map((variables, item) => {
    const values = Object.entries(node.variables).map(([name, text]) => [
      name,
      storable(textOf(evaluate(text, `variables/${name}`, variables))),
    ]);
    const call = callOf(template, Object.fromEntries(values) as Record<string, string>, modelOf);
    bytes += Buffer.byteLength(call.messages);
    if (bytes > MAX_MESSAGES)
      throw new NodeError("prompt_too_large", `The node's prompts have more than ${MAX_MESSAGES} bytes together.`);
    return { ...call, item, prompt, timeoutSeconds: node.timeoutSeconds };
  });
}

function callOf(...call: Parameters<typeof promptCall>): PromptCall {
  try {
    return promptCall(...call);
  } catch (error) {
    if (error instanceof PromptCallError) throw new NodeError(error.code, error.message);
    throw error;
  }
}

/** The variables of each item, beside the inputs and the nodes. */
function itemsOf(node: PromptNode, evaluate: ChildrenOptions["evaluate"]): Readonly<Record<string, Json>>[] {
  if (node.type === "prompt") return [{}];
  const items = evaluate(node.over, "over");
  if (!Array.isArray(items)) throw new NodeError("expression_failed", "over: The value is no list.");
  if (items.length > MAX_ITEMS)
    throw new NodeError("expression_failed", `over: The list has ${items.length} elements; ${MAX_ITEMS} are allowed.`);
  return (items as readonly Json[]).map((item, index) => ({ item, index }));
}
