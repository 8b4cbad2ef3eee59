import { z } from "zod";
import { cancelExecution } from "../../shared/executions/cancel.ts";
import { readEvents } from "../../shared/executions/read-events.ts";
import { type Archives, readArchivedEvents, readArchivedExecution } from "../archived.ts";
import { EXECUTION, type Execution } from "../execution-columns.ts";
import { acceptExecution, type Accepted } from "../accept.ts";
import type { Api } from "../api.ts";
import { canonical } from "../canonical.ts";
import { ApiError } from "../errors.ts";
import { modelsByName } from "../../shared/models/by-name.ts";
import { readNodes } from "../nodes.ts";
import * as schemas from "../schemas.ts";

export const accepted = z
  .object({
    id: z.uuid(),
    state: z.literal("queued"),
    stream: z.string().describe("The path at which a WebSocket follows the execution."),
  })
  .meta({ id: "AcceptedExecution" });

export const acceptedBody = (id: string): z.output<typeof accepted> => ({
  id,
  state: "queued",
  stream: `/executions/${id}/stream`,
});

/** Where it is, whether its idempotency key was known, and which soft limits of the budget are exceeded. */
export const acceptedHeaders = ({ id, replayed, overSoftLimit }: Accepted): Record<string, string> => ({
  location: `/executions/${id}`,
  ...(replayed && { "idempotency-replayed": "true" }),
  ...(overSoftLimit.length > 0 && { "x-budget-warning": overSoftLimit.join(", ") }),
});

export function addExecutionRoutes(api: Api): void {
  addExecute(api);
  addReading(api);
  addCancel(api);
}

function addExecute({ addRoute, database, wakeUps, settings }: Api): void {
  const modelOf = modelsByName(settings);

  addRoute({
    method: "POST",
    url: "/prompts/:id/execute",
    audit: "execution.create",
    access: "executions:write",
    schema: {
      operationId: "executePrompt",
      tags: ["executions"],
      summary: "Execute a prompt. The execution is committed when it is accepted",
      params: schemas.byId,
      body: schemas.executionInput,
      headers: z.object({ "idempotency-key": z.string().min(1).max(255).optional() }),
      response: { 202: accepted },
    },
    handler: async (request, reply) => {
      const { caller, params, body, headers, audit } = request;
      const made = await acceptExecution(
        database,
        caller.tenant,
        // Its text is compared under an idempotency key.
        canonical({ promptId: params.id, ...body }),
        { idempotencyKey: headers["idempotency-key"], modelOf, audit },
      );
      wakeUps.wake();
      return reply.code(202).headers(acceptedHeaders(made)).send(acceptedBody(made.id));
    },
  });
}

function addReading({ addRoute, database, staleReads, objects }: Api): void {
  addRoute({
    method: "GET",
    url: "/executions",
    access: "executions:read",
    schema: {
      operationId: "listExecutions",
      tags: ["executions"],
      summary:
        "List executions, newest first: those that clients created, or those of a workflow execution or an experiment",
      querystring: schemas.page.extend({
        parent: z.uuid().optional().describe("The id of a workflow execution."),
        experiment: z.uuid().optional().describe("The id of an experiment, unless 'parent' is given."),
      }),
      response: { 200: z.object({ executions: z.array(schemas.execution) }) },
    },
    handler: async ({ caller, query: { limit, before, ...within } }) => {
      const [of, values] = conditionOf(within);
      const { rows } = await staleReads.asTenant(caller.tenant, (client) =>
        client.query<Execution>(
          `SELECT ${EXECUTION} FROM executions
          WHERE ${of} AND ($2::uuid IS NULL OR (created_at, id) < (SELECT created_at, id FROM executions WHERE id = $2))
          ORDER BY created_at DESC, id DESC LIMIT $1`,
          [limit, before ?? null, ...values],
        ),
      );
      return { executions: rows };
    },
  });

  addRoute({
    method: "GET",
    url: "/executions/:id",
    access: "executions:read",
    schema: {
      operationId: "readExecution",
      tags: ["executions"],
      summary: "Read an execution",
      params: schemas.byId,
      response: { 200: schemas.executionDetail },
    },
    handler: async ({ caller, params: { id } }) => {
      return readExecution({ database, objects }, caller.tenant, id);
    },
  });

  addRoute({
    method: "GET",
    url: "/executions/:id/events",
    access: "executions:read",
    schema: {
      operationId: "readExecutionEvents",
      tags: ["executions"],
      summary: "Read the events of an execution, at most 1,000 per request",
      params: schemas.byId,
      querystring: z.object({ after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0) }),
      response: { 200: z.object({ events: z.array(schemas.executionEvent) }) },
    },
    handler: async ({ caller, params: { id }, query: { after } }) => {
      const events = await database.asTenant(caller.tenant, async (client) => {
        const { rowCount } = await client.query("SELECT FROM executions WHERE id = $1", [id]);
        return rowCount === 0 ? undefined : ((await readEvents(client, [{ execution: id, after }])).get(id) ?? []);
      });
      return { events: events ?? (await readArchivedEvents({ database, objects }, caller.tenant, { id, after })) };
    },
  });
}

/** Which executions are listed. What a workflow or an experiment executes is listed with it alone. */
function conditionOf({
  parent,
  experiment,
}: Readonly<Partial<Record<"parent" | "experiment", string | undefined>>>): readonly [of: string, values: string[]] {
  if (parent !== undefined) return ["parent_id = $3", [parent]];
  if (experiment !== undefined) return ["experiment_id = $3", [experiment]];
  return ["parent_id IS NULL AND experiment_id IS NULL", []];
}

function addCancel({ addRoute, database, broadcast, objects }: Api): void {
  addRoute({
    method: "POST",
    url: "/executions/:id/cancel",
    audit: "execution.cancel",
    access: "executions:write",
    schema: {
      operationId: "cancelExecution",
      tags: ["executions"],
      summary: "Cancel an unfinished execution, and the executions of its nodes",
      params: schemas.byId,
      response: { 200: schemas.executionDetail },
    },
    handler: async ({ caller, params: { id }, audit }) => {
      const cancelled = await database.asTenant(caller.tenant, async (client) => {
        if (!(await cancelExecution(client, id))) return false;
        await audit.record(client, { object: id });
        return true;
      });
      const execution = await readExecution({ database, objects }, caller.tenant, id);
      if (!cancelled) throw new ApiError("already_ended", `It is '${execution.state}'.`);
      broadcast.publish([id]);
      return execution;
    },
  });
}

/** An execution in the database, or in an archive. Throws 'not_found'. */
export async function readExecution(
  archives: Archives,
  tenant: string,
  id: string,
): Promise<z.output<typeof schemas.executionDetail>> {
  const found = await archives.database.asTenant(tenant, async (client) => {
    const { rows } = await client.query<Execution>(`SELECT ${EXECUTION} FROM executions WHERE id = $1`, [id]);
    return rows[0] && { ...rows[0], nodes: rows[0].kind === "workflow" ? await readNodes(client, id) : null };
  });
  return found ?? readArchivedExecution(archives, tenant, id);
}
