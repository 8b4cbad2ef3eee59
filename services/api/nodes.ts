import type { PoolClient } from "pg";
import type { z } from "zod";
import type { Graph } from "../shared/workflows/graph.ts";
import { ApiError } from "./errors.ts";
import type * as schemas from "./schemas.ts";

/** What a person decides about a node, and the state of a node that waits for it. */
export const decisions = { approve: "waiting", reject: "waiting", retry: "paused", abort: "paused" } as const;
export type Decision = keyof typeof decisions;

type NodeExecution = z.output<typeof schemas.nodeExecution>;

/** Selects the nodes of workflows' executions, in the order of their graphs, from what each table stands for. */
const selectNodes = (executions: string, nodes: string): string =>
  `SELECT name AS node, coalesce(known.state, 'pending') AS state, coalesce(known.attempt, 0) AS attempt, known.error,
        comment, known.started_at AS "startedAt", known.finished_at AS "finishedAt"
      FROM ${executions}
      JOIN workflow_versions ON workflow_versions.workflow_id = executions.workflow_id AND version = workflow_version
      CROSS JOIN LATERAL jsonb_array_elements(graph->'nodes') WITH ORDINALITY AS given (definition, place)
      CROSS JOIN LATERAL (SELECT definition->>'name' AS name) AS named
      LEFT JOIN ${nodes} AS known ON execution_id = executions.id AND known.node = name
      ORDER BY place`;

/** The nodes of a workflow's execution, in the order of its graph. One that has not begun is pending. */
export async function readNodes(client: PoolClient, execution: string): Promise<NodeExecution[]> {
  const { rows } = await client.query<NodeExecution>({
    name: "read-nodes",
    text: selectNodes("(SELECT * FROM executions WHERE id = $1) AS executions", "workflow_nodes"),
    values: [execution],
  });
  return rows;
}

/** The same of an execution that is archived, from its rows. */
export async function readArchivedNodes(
  client: PoolClient,
  { execution, nodes }: { readonly execution: object; readonly nodes: readonly object[] },
): Promise<NodeExecution[]> {
  const { rows } = await client.query<NodeExecution>({
    name: "read-archived-nodes",
    text: selectNodes(
      "jsonb_populate_record(NULL::executions, $1) AS executions",
      "jsonb_populate_recordset(NULL::workflow_nodes, $2)",
    ),
    values: [JSON.stringify(execution), JSON.stringify(nodes)],
  });
  return rows;
}

export interface Decided {
  readonly execution: string;
  readonly node: string;
  readonly decision: Decision;
  readonly comment: string | undefined;
  /** The id of the API key or user that decided. */
  readonly by: string;
}

/** Writes a decision about a node, once, and wakes its workflow. Returns the node's place in the graph, from 1. Throws an ApiError when the node does not wait for it. */
export async function decide(client: PoolClient, decided: Decided): Promise<number> {
  const { execution, node, decision, comment, by } = decided;
  const { rows } = await client.query<{ graph: Graph; ended: boolean }>({
    name: "lock-to-decide",
    text: `SELECT graph, finished_at IS NOT NULL AS ended FROM executions
      JOIN workflow_versions ON workflow_versions.workflow_id = executions.workflow_id AND version = workflow_version
      WHERE id = $1 FOR UPDATE OF executions`,
    values: [execution],
  });
  const index = rows[0]?.graph.nodes.findIndex(({ name }) => name === node) ?? -1;
  const definition = rows[0]?.graph.nodes[index];
  if (!rows[0] || !definition) throw new ApiError("not_found");
  if (rows[0].ended) throw new ApiError("already_ended");
  const fits = decisions[decision] === "paused" || definition.type === "approval";
  const { rowCount } = await client.query({
    name: "decide",
    text: `UPDATE workflow_nodes SET decision = $3, comment = $4, decided_by = $5
      WHERE execution_id = $1 AND node = $2 AND state = $6 AND decision IS NULL AND $7`,
    values: [execution, node, decision, comment ?? null, by, decisions[decision], fits],
  });
  if (rowCount === 0) throw new ApiError("node_not_waiting", `Read the execution to see what '${node}' waits for.`);
  await client.query({ name: "wake-workflow", text: "SELECT wake_workflow($1)", values: [execution] });
  return index + 1;
}
