import type { ExecutionDatabase } from "./execution-database.ts";

/** Queues an execution of a new workflow of these nodes, each of which executes the tenant's prompt `echo`; its id. */
export async function queueWorkflow(
  { rows }: Pick<ExecutionDatabase, "rows">,
  tenant: string,
  nodes: readonly { readonly name: string }[],
): Promise<string> {
  const [execution] = await rows<{ id: string }>(
    `WITH workflow AS (
      INSERT INTO workflows (tenant_id, name) VALUES ($1, gen_random_uuid()) RETURNING id
    ), version AS (
      INSERT INTO workflow_versions (workflow_id, version, tenant_id, graph, prompts)
      SELECT workflow.id, 1, $1, $2,
        (SELECT jsonb_object_agg(name, jsonb_build_object('promptId', prompts.id, 'version', 1)) FROM unnest($3::text[]) AS name)
      FROM workflow, prompts WHERE prompts.tenant_id = $1 AND prompts.name = 'echo' RETURNING workflow_id
    )
    INSERT INTO executions (tenant_id, workflow_id, workflow_version, model, messages, parameters, deadline_at)
    SELECT $1, workflow_id, 1, '', '{}', '{}', now() + interval '1 hour' FROM version RETURNING id`,
    [tenant, { nodes }, nodes.map(({ name }) => name)],
  );
  return execution?.id ?? "";
}
