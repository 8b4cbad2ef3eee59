import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import type { z } from "zod";
import type { Database } from "../shared/database/pool.ts";
import { overSoftLimit, readBudget } from "../shared/models/budget.ts";
import { checkVariables, type Template, TemplateError } from "../shared/prompts/template.ts";
import { currentCarrier } from "../shared/runtime/tracing.ts";
import { checkGraph } from "../shared/workflows/check-graph.ts";
import { isTooDeep, MAX_DEPTH } from "../shared/workflows/expressions.ts";
import { type Graph, isPromptNode, type PromptNode, type PromptVersion } from "../shared/workflows/graph.ts";
import { type Accepted, type AcceptOptions, claimKey, replayed } from "./accept.ts";
import { canonical } from "./canonical.ts";
import { ApiError, type FieldFault, InvalidRequest } from "./errors.ts";
import { namedVersion } from "./labels.ts";
import { refuseOverBudget, refuseTooMuch } from "./limits.ts";
import type * as schemas from "./schemas.ts";

/** Throws an InvalidRequest that names each fault of a graph. */
export function requireSoundGraph(graph: Graph): void {
  const faults = checkGraph(graph);
  if (faults.length > 0)
    throw new InvalidRequest(faults.map(({ path, message }) => ({ path: `body/graph/${path}`, message })));
}

const VERSION = `version, graph, created_at AS "createdAt"`;
type Version = z.output<typeof schemas.workflowVersion>;

/** Stores a version, with the versions of its prompts as they are now. Throws an InvalidRequest for prompts that do not fit. */
export async function storeVersion(
  client: PoolClient,
  workflow: string,
  version: number,
  graph: Graph,
): Promise<Version> {
  const prompts = await resolvePrompts(client, graph);
  const nodes = graph.nodes.map((node) => {
    const resolved = prompts[node.name];
    return resolved && resolved.label === undefined ? { ...node, version: resolved.version } : node;
  });
  const { rows } = await client.query<Version>(
    `INSERT INTO workflow_versions (workflow_id, version, tenant_id, graph, prompts)
      VALUES ($1, $2, current_tenant(), $3, $4) RETURNING ${VERSION}`,
    [workflow, version, { ...graph, nodes }, prompts],
  );
  return rows[0] as Version;
}

export async function readVersion(client: PoolClient, workflow: string, version: number): Promise<Version> {
  const { rows } = await client.query<Version>(
    `SELECT ${VERSION} FROM workflow_versions WHERE workflow_id = $1 AND version = $2`,
    [workflow, version],
  );
  if (!rows[0]) throw new ApiError("not_found");
  return rows[0];
}

async function resolvePrompts(client: PoolClient, { nodes }: Graph): Promise<Record<string, PromptVersion>> {
  const prompts: Record<string, PromptVersion> = {};
  const faults: FieldFault[] = [];
  for (const [index, node] of nodes.entries()) {
    if (!isPromptNode(node)) continue;
    const { promptId, version, fault } = await resolvePrompt(client, node);
    if (fault !== undefined) faults.push({ path: `body/graph/nodes/${index}`, message: fault });
    prompts[node.name] = { promptId, version, ...(node.label !== undefined && { label: node.label }) };
  }
  if (faults.length > 0) throw new InvalidRequest(faults);
  return prompts;
}

/** The version of a prompt that a node stands for, and what is wrong with it. */
async function resolvePrompt(
  client: PoolClient,
  { prompt, version, label, variables }: PromptNode,
): Promise<PromptVersion & { readonly fault?: string }> {
  const { rows } = await client.query<PromptVersion & Pick<Template, "variables">>({
    name: "resolve-prompt",
    text: `SELECT prompt_id AS "promptId", version, variables
      FROM prompts JOIN prompt_versions ON prompt_id = prompts.id AND version = ${namedVersion("$2", "$3")} WHERE name = $1`,
    values: [prompt, version ?? null, label ?? null],
  });
  const [found] = rows;
  if (!found) {
    const named = label === undefined ? `version ${version} of a prompt` : `label '${label}' of a prompt`;
    const what = version === undefined && label === undefined ? "prompt" : named;
    return { promptId: "", version: 0, fault: `there is no ${what} '${prompt}'; store it first` };
  }
  try {
    checkVariables(found, Object.keys(variables));
    return found;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { ...found, fault: `the variables do not fit the prompt '${prompt}': ${error.message}` };
  }
}

export interface WorkflowRequest {
  readonly workflowId: string;
  readonly version?: number | undefined;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly timeoutSeconds: number;
}

/** Accepts an execution of a workflow: when this returns, the row is committed. Throws an ApiError or InvalidRequest that says why not. */
export function acceptWorkflow(
  database: Database,
  tenant: string,
  request: WorkflowRequest,
  { idempotencyKey, audit }: Pick<AcceptOptions, "idempotencyKey" | "audit">,
): Promise<Accepted> {
  if (isTooDeep(request.inputs))
    throw new InvalidRequest([{ path: "body/inputs", message: `must not have more than ${MAX_DEPTH} levels` }]);
  const id = randomUUID();
  const inputs = JSON.stringify(request.inputs);
  return database.asTenant(tenant, async (client) => {
    const before =
      idempotencyKey === undefined ? undefined : await claimKey(client, idempotencyKey, canonical(request), id);
    if (before !== undefined) return replayed(before, audit);
    const { version, prompts } = await findVersion(client, request);
    const budget = await readBudget(client, tenant);
    refuseOverBudget(budget);
    await refuseTooMuch(client, Buffer.byteLength(inputs));
    await client.query({
      name: "accept-workflow",
      text: `INSERT INTO executions
          (id, tenant_id, workflow_id, workflow_version, model, messages, parameters, deadline_at, trace, labelled_prompts)
        VALUES ($1, current_tenant(), $2, $3, '', $4, '{}', now() + make_interval(secs => $5), $6, $7)`,
      values: [id, request.workflowId, version, inputs, request.timeoutSeconds, currentCarrier(), prompts],
    });
    await audit.record(client, { object: id });
    return { id, replayed: false, overSoftLimit: overSoftLimit(budget) };
  });
}

interface FoundVersion {
  readonly version: number;
  /** The prompts that its graph names by a label, by the node's name; null for none. */
  readonly prompts: Readonly<Record<string, PromptVersion>> | null;
}

async function findVersion(client: PoolClient, { workflowId, version }: WorkflowRequest): Promise<FoundVersion> {
  const { rows } = await client.query<
    FoundVersion & { readonly missing: readonly [node: string, label: string] | null }
  >({
    name: "find-workflow-version",
    text: `SELECT workflow_versions.version, labelled.prompts, labelled.missing
      FROM workflows JOIN workflow_versions ON workflow_id = id AND version = coalesce($2, latest_version),
      LATERAL (
        SELECT jsonb_object_agg(node.key, node.value || jsonb_build_object('version', prompt_labels.version)) AS prompts,
          (jsonb_agg(jsonb_build_array(node.key, node.value->'label')) FILTER (WHERE prompt_labels.version IS NULL))->0 AS missing
        FROM jsonb_each(workflow_versions.prompts) AS node
        LEFT JOIN prompt_labels ON prompt_id = (node.value->>'promptId')::uuid AND label = node.value->>'label'
        WHERE node.value ? 'label'
      ) AS labelled
      WHERE id = $1`,
    values: [workflowId, version ?? null],
  });
  const [found] = rows;
  if (!found)
    throw new ApiError(
      "not_found",
      version === undefined ? "No such workflow." : `The workflow has no version ${version}.`,
    );
  const { missing, ...resolved } = found;
  if (missing)
    throw new ApiError(
      "not_found",
      `The prompt of the node '${missing[0]}' has no label '${missing[1]}'. Set it with PUT /prompts/{id}/labels/${missing[1]}.`,
    );
  return resolved;
}
