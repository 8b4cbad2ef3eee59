import { randomInt } from "node:crypto";
import type { Database } from "../../shared/database/pool.ts";
import type { Lease } from "../../shared/executions/lease.ts";
import type { Outcome, Spent } from "../../shared/executions/end-attempt.ts";
import type { ModelOf } from "../../shared/models/by-name.ts";
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
  readonly modelOf: ModelOf;
  /** Told when prompts were queued. */
  readonly onStarted: () => void;
}

export interface WorkflowAttempt {
  /** How it ends; undefined when its lease is gone, so that there is nothing to write. */
  readonly outcome: Outcome | Suspension | undefined;
  /** What its prompts cost. Their tokens are counted where they end. */
  readonly spent: Spent;
}

const NOTHING: Spent = { usage: {} };

/** Takes a workflow as far as it goes now. */
export async function runWorkflow(lease: Lease, options: WorkflowOptions): Promise<WorkflowAttempt> {
  try {
    return await advance(lease, options);
  } catch (error) {
    if (error instanceof LeaseLost) return { outcome: undefined, spent: NOTHING };
    options.log.warn({ err: error, execution: lease.id }, "a workflow could not go on; it is tried again");
    const afterSeconds = backOff(lease.failures + 1, 0, () => randomInt(1, 1_000) / 1_000);
    const outcome: Outcome = { state: "queued", reason: "workflow_interrupted", afterSeconds, failed: true };
    return { outcome, spent: NOTHING };
  }
}

async function advance(lease: Lease, { database, modelOf, onStarted }: WorkflowOptions): Promise<WorkflowAttempt> {
  const store = new NodeStore(database, lease);
  const stored = await store.load();
  // The inputs are where a prompt's messages are.
  const inputs = lease.messages as unknown as Json;
  const runner = new NodeRunner({ store, modelOf, inputs, ...stored });
  const skip = async (name: string): Promise<void> => {
    if (!stored.nodes.has(name)) await store.write({ node: name, state: "skipped", attempt: 1, event: "node_skipped" });
  };
  const workflow = compileWorkflow(stored.graph, fencedSaver(database, lease), {
    run: (node, before) => runner.run(node, before),
    skip: ({ name }) => skip(name),
  });
  const results = await workflow.advance(lease.id);
  if (runner.started) onStarted();
  const outcome = conclude(stored, { inputs, results, waits: runner.waits });
  if (outcome.state !== "succeeded") return { outcome, spent: NOTHING };
  const { usage, ...cost } = await store.spent();
  return { outcome: { ...outcome, usage }, spent: { ...NOTHING, ...cost } };
}

interface Reached {
  readonly inputs: Json;
  readonly results: Results;
  readonly waits: readonly number[];
}

function conclude({ graph, wakes }: StoredWorkflow, { inputs, results, waits }: Reached): Outcome | Suspension {
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
    return { state: "succeeded", output, usage: {}, finishReason: null };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return failed("expression_failed", `output: ${error.message}`);
  }
}

const failed = (code: string, message: string): Outcome => ({ state: "failed", error: { code, message } });

const sizeOf = (results: readonly NodeResult[]): number =>
  results.reduce((sum, result) => sum + (result.state === "completed" ? textOf(result.output).length : 0), 0);
