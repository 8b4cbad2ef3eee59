import { setImmediate } from "node:timers/promises";
import { interrupt } from "@langchain/langgraph";
import type { ExecutionError } from "../../shared/executions/end-attempt.ts";
import { storable } from "../../shared/executions/write.ts";
import { spentLimit } from "../../shared/models/budget.ts";
import type { ModelOf } from "../../shared/models/by-name.ts";
import {
  evaluate,
  ExpressionError,
  type Json,
  MAX_CHARACTERS,
  ProcessorTime,
  textOf,
} from "../../shared/workflows/expressions.ts";
import {
  type Graph,
  isPromptNode,
  type Node,
  type PromptNode,
  type PromptVersion,
} from "../../shared/workflows/graph.ts";
import { TemplateError } from "../../shared/prompts/template.ts";
import type { NodeResult, Results } from "./compile.ts";
import type { EndedChild, NodeStore, StoredNode } from "./node-store.ts";
import { childrenOf, NodeError } from "./children.ts";

/**
 * Milliseconds of a processor that the expressions of one node may take. Two thousand take less. While they run, a worker renews no lease, and
 * a lease lasts ten seconds.
 */
const MAX_EVALUATING = 1_500;
/** Characters of an error's message. */
const MAX_MESSAGE = 1_000;

export interface NodeRunnerOptions {
  readonly store: NodeStore;
  readonly graph: Graph;
  readonly prompts: Readonly<Record<string, PromptVersion>>;
  readonly nodes: ReadonlyMap<string, StoredNode>;
  readonly inputs: Json;
  /** Of the operators' models. */
  readonly modelOf: ModelOf;
}

/** Nodes of a type that can fail. */
type Fallible = Exclude<Node, { readonly type: "wait" }>;

/**
 * Runs the nodes of one execution. A node looks first at what it has done before, under this worker or another: so it does nothing
 * twice, and calls `interrupt` while there is nothing to do.
 */
export class NodeRunner {
  /** Seconds until the waits are over that were met. */
  readonly waits: number[] = [];
  /** Whether a prompt was begun. */
  started = false;

  constructor(private readonly options: NodeRunnerOptions) {}

  async run(node: Node, before: Results): Promise<NodeResult> {
    const known = this.options.nodes.get(node.name);
    if (node.type === "wait") return this.#wait(node, known);
    return known?.state === "failed" && known.error
      ? { state: "failed", error: known.error }
      : this.#runFallible(node, known, before);
  }

  async #runFallible(node: Fallible, known: StoredNode | undefined, before: Results): Promise<NodeResult> {
    const attempt = known?.attempt ?? 1;
    try {
      if (known?.state === "paused") return await this.#decide(node, known, before);
      return await this.#attempt(node, { attempt, known, before });
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      return this.#fail(node, attempt, { code: error.code, message: storable(error.message).slice(0, MAX_MESSAGE) });
    }
  }

  async #attempt(
    node: Fallible,
    { attempt, known, before }: { attempt: number; known: StoredNode | undefined; before: Results },
  ): Promise<NodeResult> {
    if (isPromptNode(node)) return known ? this.#collect(node, attempt, known) : this.#begin(node, attempt, before);
    if (node.type === "approval") return this.#approve(node, known, attempt);
    const output = this.#evaluate(node.if, "if", before);
    if (typeof output !== "boolean")
      throw new NodeError("expression_failed", `if: '${textOf(output)}' is neither true nor false.`);
    return this.#complete(node.name, { attempt, known, output, data: { output } });
  }

  /** A node that failed waits until a person retries or aborts it. */
  async #decide(node: Fallible, { attempt, decision, error }: StoredNode, before: Results): Promise<NodeResult> {
    if (decision === "retry") {
      try {
        return await this.#attempt(node, { attempt: attempt + 1, known: undefined, before });
      } catch (again) {
        if (!(again instanceof NodeError)) throw again;
        return this.#fail(node, attempt + 1, { code: again.code, message: again.message });
      }
    }
    if (decision !== "abort" || !error) return pause(node.name);
    await this.options.store.write({ node: node.name, state: "failed", attempt, event: "node_failed", error });
    return { state: "failed", error };
  }

  async #fail(node: Fallible, attempt: number, error: ExecutionError): Promise<NodeResult> {
    const change = { node: node.name, attempt, error };
    if (node.onFailure === "pause") {
      await this.options.store.write({ ...change, state: "paused", event: "node_paused" });
      return pause(node.name);
    }
    await this.options.store.write({ ...change, state: "failed", event: "node_failed" });
    return { state: "failed", error };
  }

  async #complete(
    node: string,
    { attempt, known, output, data }: { attempt: number; known?: StoredNode | undefined; output: Json; data?: object },
  ): Promise<NodeResult> {
    // Written, and its checkpoint was not.
    if (known?.state !== "completed")
      await this.options.store.write({
        ...{ node, attempt, state: "completed", event: "node_completed" },
        ...(data && { data }),
      });
    return { state: "completed", output };
  }

  async #wait({ name: node, seconds }: { name: string; seconds: number }, known?: StoredNode): Promise<NodeResult> {
    const { store } = this.options;
    if (!known)
      await store.write({ node, state: "waiting", attempt: 1, event: "node_waiting", data: { seconds }, seconds });
    const left = known ? (known.secondsLeft ?? 0) : seconds;
    if (left <= 0) return this.#complete(node, { attempt: 1, known, output: null });
    this.waits.push(left);
    return pause(node);
  }

  async #approve(
    { name: node }: { name: string },
    known: StoredNode | undefined,
    attempt: number,
  ): Promise<NodeResult> {
    if (!known) {
      await this.options.store.write({
        node,
        state: "waiting",
        attempt,
        event: "node_waiting",
        data: { for: "approval" },
      });
      return pause(node);
    }
    const { decision, comment } = known;
    if (decision === "reject") throw new NodeError("rejected", comment ?? "It was rejected.");
    if (decision !== "approve") return pause(node);
    return this.#complete(node, { attempt, known, output: { comment }, data: { comment } });
  }

  /** Executes the prompts of a node: those of a map that have succeeded in an earlier attempt are not executed again. */
  async #begin(node: PromptNode, attempt: number, before: Results): Promise<NodeResult> {
    const { store, prompts } = this.options;
    const done = attempt === 1 ? [] : await store.children(node.name);
    const succeeded = new Set(done.filter(({ state }) => state === "succeeded").map(({ item }) => item));
    const stored = prompts[node.name] as PromptVersion;
    const template = await store.loadPrompt(stored);
    const modelOf = await store.models(template.model, this.options.modelOf);
    const spent = spentLimit(await store.budget());
    if (spent !== undefined) throw new NodeError("budget_exceeded", spent);
    await turn();
    const time = new ProcessorTime(MAX_EVALUATING);
    const all = asNodeError(() =>
      childrenOf(node, {
        ...{ prompt: stored, template, modelOf },
        evaluate: (text, path, item) =>
          asNodeError(() => time.take(() => this.#evaluate(text, path, before, item)), path),
      }),
    );
    const children = all.filter(({ item }) => !succeeded.has(item));
    const change = { node: node.name, attempt, event: "node_started", data: { prompts: children.length } } as const;
    await store.write({ ...change, state: "executing" }, children);
    if (children.length === 0) return this.#collect(node, attempt);
    this.started = true;
    return pause(node.name);
  }

  async #collect(node: PromptNode, attempt: number, known?: StoredNode): Promise<NodeResult> {
    const children = await this.options.store.children(node.name);
    const failed = children.find(({ state }) => state === "failed" || state === "cancelled");
    const isOver = children.every(({ state }) => state !== "queued" && state !== "running");
    if (failed && (isOver || node.onFailure === "fail")) throw failureOf(node, failed);
    if (!isOver) return pause(node.name);
    const outputs = children.map(({ output }) => output ?? "");
    if (outputs.reduce((sum, { length }) => sum + length, 0) > MAX_CHARACTERS)
      throw new NodeError("output_too_large", `The output has more than ${MAX_CHARACTERS} characters.`);
    return this.#complete(node.name, { attempt, known, output: node.type === "map" ? outputs : (outputs[0] ?? "") });
  }

  /** Evaluates an expression of a node over the inputs and what ended before it. */
  #evaluate(text: string, path: string, before: Results, item: Readonly<Record<string, Json>> = {}): Json {
    return asNodeError(
      () => evaluate(text, { inputs: this.options.inputs, nodes: nodesOf(this.options.graph, before), ...item }),
      path,
    );
  }
}

/** What expressions see of nodes. One that did not run has no output. */
export const nodesOf = ({ nodes }: Graph, results: Results): Json =>
  Object.fromEntries(
    nodes.map(({ name }) => {
      const result = results[name];
      return [name, { output: result?.state === "completed" ? result.output : null }];
    }),
  );

let turns: Promise<unknown> = Promise.resolve();

/** Resolves for one node at a time, after pending timers and I/O: many nodes may be due at once. */
const turn = (): Promise<unknown> => (turns = turns.then(() => setImmediate()));

/** Ends this run of a node, until something has happened. */
const pause = (node: string): never => interrupt({ node });

function failureOf({ name, type }: PromptNode, { state, error, item }: EndedChild): NodeError {
  const where = type === "map" ? `Item ${item} of '${name}'` : `The prompt of '${name}'`;
  if (state === "cancelled" || !error) return new NodeError("cancelled", `${where} was cancelled.`);
  return new NodeError(error.code, `${where}: ${error.message}`);
}

function asNodeError<Result>(work: () => Result, path?: string): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExpressionError) throw new NodeError("expression_failed", `${path ?? ""}: ${error.message}`);
    if (error instanceof TemplateError) throw new NodeError(error.code, error.message);
    throw error;
  }
}
