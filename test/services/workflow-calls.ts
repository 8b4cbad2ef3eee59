import { Client } from "pg";
import type { z } from "zod";
import type { executionDetail, nodeExecution } from "../../services/api/schemas.ts";
import type { graphSchema } from "../../services/shared/workflows/graph.ts";
import { answerTo } from "../../services/model-simulator/words.ts";
import type { ExecutionEvent } from "../../services/shared/executions/events.ts";
import { type Stack, type Tenant, until } from "./stack.ts";

export type Nodes = z.input<typeof graphSchema>["nodes"];
type NodeExecution = z.output<typeof nodeExecution>;
export type WorkflowExecution = z.output<typeof executionDetail> & { readonly nodes: NodeExecution[] };

let made = 0;

/** Stores a workflow under a name of its own; its id. */
export async function storeWorkflow(tenant: Tenant, nodes: Nodes, output?: string): Promise<string> {
  const { status, body } = await tenant.call("POST", "/workflows", {
    name: `workflow-${(made += 1)}`,
    graph: { nodes, ...(output !== undefined && { output }) },
  });
  if (status !== 201) throw new Error(`workflow: ${JSON.stringify(body)}`);
  return body.id as string;
}

/** Stores a workflow and executes it; the id of the execution. */
export async function runWorkflow(
  tenant: Tenant,
  nodes: Nodes,
  { output, inputs = {}, timeoutSeconds = 300 }: { output?: string; inputs?: object; timeoutSeconds?: number } = {},
): Promise<string> {
  return executeWorkflow(tenant, await storeWorkflow(tenant, nodes, output), { inputs, timeoutSeconds });
}

export async function executeWorkflow(tenant: Tenant, workflow: string, sent: object = {}): Promise<string> {
  const { status, body } = await tenant.call("POST", `/workflows/${workflow}/execute`, sent);
  if (status !== 202) throw new Error(`execute: ${JSON.stringify(body)}`);
  return body.id as string;
}

export const execution = async (tenant: Tenant, id: string): Promise<WorkflowExecution> =>
  (await tenant.call<WorkflowExecution>("GET", `/executions/${id}`)).body;

export async function stateOf(tenant: Tenant, id: string, node: string): Promise<string | undefined> {
  return (await execution(tenant, id)).nodes.find((each) => each.node === node)?.state;
}

/** Resolves when a node has a state. */
export const nodeToBe = (tenant: Tenant, id: string, node: string, state: string): Promise<true> =>
  until(`node ${node} to be ${state}`, async () => (await stateOf(tenant, id, node)) === state || undefined);

/** Lets the node of a workflow's execution wait for a decision, as a worker would. */
export async function letWait(stack: Stack, execution: string, state: "waiting" | "paused"): Promise<void> {
  const client = new Client({ connectionString: stack.platform.databaseUrl });
  await client.connect();
  await client.query(
    `INSERT INTO workflow_nodes (execution_id, tenant_id, node, state, attempt)
    SELECT id, tenant_id, 'agreed', $2, 1 FROM executions WHERE id = $1`,
    [execution, state],
  );
  await client.end();
}

/** What the simulated model answers to a text. */
export const answer = (text: string): string => answerTo(`user: ${text}`, 32).join("");

/** A node that sends a text, which is an expression, to the prompt 'echo'. */
export const echo = (name: string, text: string, more: object = {}): Nodes[number] => ({
  ...{ name, type: "prompt", prompt: "echo", variables: { text } },
  ...more,
});

type Ended = WorkflowExecution & { readonly events: readonly ExecutionEvent[] };

/** What became of an execution, with its events, once it has ended. */
export async function ended(tenant: Tenant, id: string): Promise<Ended> {
  const events = await tenant.follow(id);
  return { events, ...(await execution(tenant, id)) };
}

/** Runs a graph to its end. */
export const run = async (tenant: Tenant, nodes: Nodes, output?: string, inputs: object = {}): Promise<Ended> =>
  ended(tenant, await runWorkflow(tenant, nodes, { ...(output !== undefined && { output }), inputs }));

export const statesOf = ({ nodes }: WorkflowExecution): Record<string, string> =>
  Object.fromEntries(nodes.map(({ node, state }) => [node, state]));

/** The executions of a workflow's nodes. */
export const childrenOf = async (tenant: Tenant, id: string): Promise<WorkflowExecution[]> =>
  (await tenant.call("GET", `/executions?parent=${id}&limit=100`)).body.executions;
