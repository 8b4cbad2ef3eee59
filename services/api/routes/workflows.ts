import { z } from "zod";
import type { Api } from "../api.ts";
import { isUniqueViolation } from "../../shared/database/retry-conflicts.ts";
import { ApiError } from "../errors.ts";
import * as schemas from "../schemas.ts";
import { acceptWorkflow, readVersion, requireSoundGraph, storeVersion } from "../workflows.ts";
import { accepted, acceptedBody, acceptedHeaders } from "./executions.ts";

const WORKFLOW = `id, name, latest_version AS "latestVersion", created_at AS "createdAt"`;
type Workflow = z.output<typeof schemas.workflow>;

/** Workflows and their versions. A version never changes, and neither do the versions of its prompts. */
export function addWorkflowRoutes(api: Api): void {
  addWorkflows(api);
  addVersions(api);
  addExecute(api);
}

function addWorkflows({ addRoute, database }: Api): void {
  addRoute({
    method: "POST",
    url: "/workflows",
    audit: "workflow.create",
    access: "workflows:write",
    schema: {
      operationId: "createWorkflow",
      tags: ["workflows"],
      summary: "Create a workflow with version 1",
      body: schemas.workflowInput,
      response: { 201: schemas.workflow },
    },
    handler: async ({ caller, body: { name, graph }, audit }, reply) => {
      requireSoundGraph(graph);
      const workflow = await database.asTenant(caller.tenant, async (client) => {
        const { rows } = await client
          .query<Workflow>(
            `INSERT INTO workflows (tenant_id, name) VALUES (current_tenant(), $1) RETURNING ${WORKFLOW}`,
            [name],
          )
          .catch((error: unknown) => {
            if (!isUniqueViolation(error)) throw error;
            throw new ApiError(
              "name_taken",
              `There is a workflow '${name}'. Add a version to it, or take another name.`,
            );
          });
        const [stored] = rows as [Workflow];
        await storeVersion(client, stored.id, 1, graph);
        await audit.record(client, { object: stored.id });
        return stored;
      });
      return reply.code(201).send(workflow);
    },
  });

  addRoute({
    method: "GET",
    url: "/workflows",
    access: "workflows:read",
    schema: {
      operationId: "listWorkflows",
      tags: ["workflows"],
      summary: "List workflows, newest first",
      querystring: schemas.page,
      response: { 200: z.object({ workflows: z.array(schemas.workflow) }) },
    },
    handler: async ({ caller, query: { limit, before } }) => {
      const { rows } = await database.asTenant(caller.tenant, (client) =>
        client.query<Workflow>(
          `SELECT ${WORKFLOW} FROM workflows
          WHERE $2::uuid IS NULL OR (created_at, id) < (SELECT created_at, id FROM workflows WHERE id = $2)
          ORDER BY created_at DESC, id DESC LIMIT $1`,
          [limit, before ?? null],
        ),
      );
      return { workflows: rows };
    },
  });

  addRoute({
    method: "GET",
    url: "/workflows/:id",
    access: "workflows:read",
    schema: {
      operationId: "readWorkflow",
      tags: ["workflows"],
      summary: "Read a workflow",
      params: schemas.byId,
      response: { 200: schemas.workflow },
    },
    handler: async ({ caller, params: { id } }) => {
      const { rows } = await database.asTenant(caller.tenant, (client) =>
        client.query<Workflow>(`SELECT ${WORKFLOW} FROM workflows WHERE id = $1`, [id]),
      );
      if (!rows[0]) throw new ApiError("not_found");
      return rows[0];
    },
  });
}

function addVersions({ addRoute, database }: Api): void {
  addRoute({
    method: "POST",
    url: "/workflows/:id/versions",
    audit: "workflow.add_version",
    access: "workflows:write",
    schema: {
      operationId: "addWorkflowVersion",
      tags: ["workflows"],
      summary: "Add a version, which becomes the latest",
      params: schemas.byId,
      body: schemas.workflowVersionInput,
      response: { 201: schemas.workflowVersion },
    },
    handler: async ({ caller, params: { id }, body: { graph }, audit }, reply) => {
      const stored = await database.asTenant(caller.tenant, async (client) => {
        const { rows } = await client.query<{ version: number }>(
          "UPDATE workflows SET latest_version = latest_version + 1 WHERE id = $1 RETURNING latest_version AS version",
          [id],
        );
        if (!rows[0]) throw new ApiError("not_found");
        requireSoundGraph(graph);
        await audit.record(client, { object: id, details: { version: rows[0].version } });
        return storeVersion(client, id, rows[0].version, graph);
      });
      return reply.code(201).send(stored);
    },
  });

  addRoute({
    method: "GET",
    url: "/workflows/:id/versions/:version",
    access: "workflows:read",
    schema: {
      operationId: "readWorkflowVersion",
      tags: ["workflows"],
      summary: "Read a version of a workflow",
      params: schemas.byId.extend({ version: z.coerce.number().int().min(1).max(2_147_483_647) }),
      response: { 200: schemas.workflowVersion },
    },
    handler: ({ caller, params: { id, version } }) =>
      database.asTenant(caller.tenant, (client) => readVersion(client, id, version)),
  });
}

function addExecute({ addRoute, database, wakeUps }: Api): void {
  addRoute({
    method: "POST",
    url: "/workflows/:id/execute",
    audit: "execution.create",
    access: "executions:write",
    schema: {
      operationId: "executeWorkflow",
      tags: ["workflows"],
      summary: "Execute a workflow. The execution is committed when it is accepted",
      params: schemas.byId,
      body: schemas.workflowExecutionInput,
      headers: z.object({ "idempotency-key": z.string().min(1).max(255).optional() }),
      response: { 202: accepted },
    },
    handler: async ({ caller, params, body, headers, audit }, reply) => {
      const made = await acceptWorkflow(
        database,
        caller.tenant,
        { workflowId: params.id, ...body },
        { idempotencyKey: headers["idempotency-key"], audit },
      );
      wakeUps.wake();
      return reply.code(202).headers(acceptedHeaders(made)).send(acceptedBody(made.id));
    },
  });
}
