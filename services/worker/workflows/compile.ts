import { type BaseCheckpointSaver, entrypoint, isGraphInterrupt, task } from "@langchain/langgraph";
import type { ExecutionError } from "../../shared/executions/end-attempt.ts";
import type { Json } from "../../shared/workflows/expressions.ts";
import { type Edges, edgesOf, type Graph, type Node, predecessorsOf, sortNodes } from "../../shared/workflows/graph.ts";

/** How a node ended. */
export type NodeResult =
  | { readonly state: "completed"; readonly output: Json }
  | { readonly state: "skipped" }
  | { readonly state: "failed"; readonly error: ExecutionError };

/** The results of the nodes before one, by their names. */
export type Results = Readonly<Record<string, NodeResult>>;

/** What nodes do. */
export interface Behaviour {
  /**
   * Runs a node, or goes on with it. It is called again for as long as it calls `interrupt`, and never after it has returned: LangGraph
   * keeps the result.
   */
  readonly run: (node: Node, before: Results) => Promise<NodeResult>;
  /** Told of a node to which no way led. */
  readonly skip: (node: Node) => Promise<void>;
}

export interface CompiledWorkflow {
  /** Takes the thread as far as it goes. Resolves when each node has a result, waits, or comes after one that waits. */
  readonly advance: (threadId: string) => Promise<Results>;
}

/**
 * Compiles a graph to LangGraph: a task per node, which begins when the nodes before it have ended. Tasks have no common steps as nodes
 * of a `StateGraph` do, where a short branch waits for the longest one. They are called in one order each time, since LangGraph
 * recognizes a task by its place in it.
 */
export function compileWorkflow(
  graph: Graph,
  checkpointer: BaseCheckpointSaver,
  behaviour: Behaviour,
): CompiledWorkflow {
  const edges = edgesOf(graph);
  const sorted = sortNodes(graph);
  /** Undefined for a thread that had ended: LangGraph runs nothing then. */
  const advanceOnce = async (threadId: string, isNew: boolean): Promise<Results | undefined> => {
    const reached = { entry: false };
    const results: Record<string, NodeResult> = {};
    const bodies: Promise<unknown>[] = [];
    const workflow = entrypoint({ name: "workflow", checkpointer }, async () => {
      reached.entry = true;
      const running: Record<string, Promise<NodeResult>> = {};
      for (const node of sorted) {
        const leading = edges.get(node.name) as Edges;
        const body = async (): Promise<NodeResult> => {
          const names = predecessorsOf(leading);
          const ended = await Promise.all(names.map((name) => running[name] as Promise<NodeResult>));
          const before = Object.fromEntries(names.map((name, index) => [name, ended[index] as NodeResult]));
          if (ended.some(({ state }) => state === "failed")) return { state: "skipped" };
          // An expression may name any node that came before, not only the last ones.
          if (isChosen(leading, before)) return behaviour.run(node, { ...results, ...before });
          await behaviour.skip(node);
          return { state: "skipped" };
        };
        const tracked = (): Promise<NodeResult> => {
          const promise = body();
          bodies.push(promise);
          return promise;
        };
        running[node.name] = task({ name: node.name }, tracked)().then(async (ended) => {
          const result = await ended;
          results[node.name] = result;
          return result;
        });
      }
      // One node that waits ends no other.
      const settled = await Promise.allSettled(Object.values(running));
      const stopped = settled.find(({ status }) => status === "rejected") as PromiseRejectedResult | undefined;
      if (stopped) throw stopped.reason;
      return {};
    });
    try {
      await workflow.invoke(isNew ? {} : null, {
        configurable: { thread_id: threadId },
        durability: "sync",
        recursionLimit: 1_000,
      });
    } catch (error) {
      throw (await firstFailure(bodies)) ?? error;
    }
    const failure = await firstFailure(bodies);
    if (failure !== undefined) throw failure;
    return reached.entry ? results : undefined;
  };
  return {
    advance: async (threadId) => {
      const isNew = (await checkpointer.getTuple({ configurable: { thread_id: threadId } })) === undefined;
      const results = await advanceOnce(threadId, isNew);
      if (results) return results;
      // How it ended was not written. Nodes know that they have run.
      await checkpointer.deleteThread(threadId);
      return (await advanceOnce(threadId, true)) ?? {};
    },
  };
}

/** What a body was broken off by, other than an interrupt: LangGraph goes on without the others, or hides it among other errors. */
async function firstFailure(bodies: readonly Promise<unknown>[]): Promise<Error | undefined> {
  const settled = await Promise.allSettled(bodies);
  const failed = settled.find((each) => each.status === "rejected" && !isGraphInterrupt(each.reason));
  return failed?.status === "rejected" ? (failed.reason as Error) : undefined;
}

/** Whether a node runs: of each kind of edge that leads to it, one at least has to come from a node that ran, or that chose it. */
function isChosen({ after, chosenBy }: Edges, before: Results): boolean {
  const completed = (name: string): Json | undefined => {
    const result = before[name];
    return result?.state === "completed" ? result.output : undefined;
  };
  const led = after.length === 0 || after.some((name) => completed(name) !== undefined);
  return led && (chosenBy.length === 0 || chosenBy.some(({ condition, when }) => completed(condition) === when));
}
