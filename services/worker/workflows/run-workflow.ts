import { randomInt } from "node:crypto";
import type { Database } from "../../shared/database/pool.ts";
import type { Lease } from "../../shared/executions/lease.ts";
import type { Outcome } from "../../shared/executions/write.ts";
import type { Log } from "../../shared/runtime/log.ts";
import { evaluate, ExpressionError, type Json, textOf } from "../../shared/workflows/expressions.ts";
import type { Suspension } from "../../shared/workflows/queue.ts";
import { LeaseLost } from "../interruptions.ts";
import { backOff } from "../retry.ts";
import { compileWorkflow, type NodeResult, type Results } from "./compile.ts";
import { fencedSaver } from "./fenced-saver.ts";
import { nodesOf, NodeRunner } from "./node-runner.ts";
import { NodeStore, type StoredWorkflow } from "./node-store.ts";

/** Characters of all that the nodes of a workflow return. */
const MAX_RESULTS = 16 * 2 ** 20;

export interface WorkflowOptions {
  readonly database: Database;
  readonly log: Log;
  readonly isServed: (model: string) => boolean;
  /** Told when prompts were queued. */
  readonly onStarted: () => void;
}

/**
 * Takes a workflow as far as it goes now. Returns how the attempt ends; undefined when its lease is gone, so that there is nothing to
 * write.
 */
export async function runWorkflow(lease: Lease, options: WorkflowOptions): Promise<Outcome | Suspension | undefined> {
  try {
    return await advance(lease, options);
  } catch (error) {
    if (error instanceof LeaseLost) return undefined;
    options.log.warn({ err: error, execution: lease.id }, "a workflow could not go on; it is tried again");
    const afterSeconds = backOff(lease.failures + 1, 0, () => randomInt(1, 1_000) / 1_000);
    return { state: "queued", reason: "workflow_interrupted", afterSeconds, failed: true };
  }
}

async function advance(
  lease: Lease,
  { database, isServed, onStarted }: WorkflowOptions,
): Promise<Outcome | Suspension> {
  const store = new NodeStore(database, lease);
  const stored = await store.load();
  // The inputs are where a prompt's messages are.
  const inputs = lease.messages as unknown as Json;
  const runner = new NodeRunner({ store, isServed, inputs, ...stored });
  const skip = async (name: string): Promise<void> => {
    if (!stored.nodes.has(name)) await store.write({ node: name, state: "skipped", attempt: 1, event: "node_skipped" });
  };
  const workflow = compileWorkflow(stored.graph, fencedSaver(database, lease), {
    run: (node, before) => runner.run(node, before),
    skip: ({ name }) => skip(name),
  });
  const results = await workflow.advance(lease.id);
  if (runner.started) onStarted();
  return conclude(stored, { inputs, results, waits: runner.waits, usage: () => store.usage() });
}

interface Reached {
  readonly inputs: Json;
  readonly results: Results;
  readonly waits: readonly number[];
  readonly usage: () => Promise<Record<string, number>>;
}

async function conclude(
  { graph, wakes }: StoredWorkflow,
  { inputs, results, waits, usage }: Reached,
): Promise<Outcome | Suspension> {
  const ended = Object.values(results);
  for (const result of ended) if (result.state === "failed") return { state: "failed", error: result.error };
  if (sizeOf(ended) > MAX_RESULTS)
    return failed("output_too_large", `The nodes return more than ${MAX_RESULTS} characters together.`);
  if (ended.length < graph.nodes.length)
    return { state: "waiting", wakes, ...(waits.length > 0 && { seconds: Math.min(...waits) }) };
  try {
    const value =
      graph.output === undefined ? null : evaluate(graph.output, { inputs, nodes: nodesOf(graph, results) });
    const output = graph.output === undefined ? null : textOf(value);
    return { state: "succeeded", output, usage: await usage(), finishReason: null };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return failed("expression_failed", `output: ${error.message}`);
  }
}

const failed = (code: string, message: string): Outcome => ({ state: "failed", error: { code, message } });

const sizeOf = (results: readonly NodeResult[]): number =>
  results.reduce((sum, result) => sum + (result.state === "completed" ? textOf(result.output).length : 0), 0);
