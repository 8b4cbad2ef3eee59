import { z } from "zod";
import type { Api } from "../api.ts";
import { auditEvent, auditQuery, auditRange, exportEvents, readEvents } from "../audit/events.ts";
import { onClosed } from "../on-closed.ts";
import { asOperator, OPERATOR } from "../operators.ts";
import { linesResponse, sendLines } from "../stream-lines.ts";

const tags = ["audit"];
const events = z.object({ events: z.array(auditEvent) });

/** Who did what: a tenant reads its own events, and an operator those of operators. */
export function addAuditRoutes({ addRoute, database, exports }: Api): void {
  addRoute({
    method: "GET",
    url: "/audit",
    audit: "audit.read",
    access: "audit:read",
    schema: {
      ...{ operationId: "listAuditEvents", tags, summary: "List audit events, newest first" },
      querystring: auditQuery,
      response: { 200: events },
    },
    handler: ({ caller: { tenant }, query, audit }) =>
      database.asTenant(tenant, async (client) => {
        const found = await readEvents(client, { tenant, ...query });
        await audit.record(client);
        return { events: found };
      }),
  });

  addRoute({
    method: "GET",
    url: "/audit/export",
    audit: "audit.export",
    access: "audit:read",
    schema: {
      ...{ operationId: "exportAuditEvents", tags },
      summary: "Export audit events, oldest first, one JSON document per line; the last line counts the others",
      querystring: auditRange,
      response: { 200: linesResponse },
    },
    handler: async ({ caller: { tenant }, query, audit }, reply) => {
      onClosed(reply, exports.take(tenant));
      await database.asTenant(tenant, (client) => audit.record(client));
      return sendLines(reply, exportEvents(database, tenant, query));
    },
  });

  addRoute({
    method: "GET",
    url: "/admin/audit",
    audit: "audit.read",
    access: OPERATOR,
    schema: {
      ...{ operationId: "listOperatorsAuditEvents", tags },
      summary: "List audit events of operators and of the platform, newest first",
      querystring: auditQuery.extend({ tenant: z.uuid().optional() }),
      response: { 200: events },
    },
    handler: ({ operator, query, audit }) =>
      asOperator(database, operator, async (client) => {
        const found = await readEvents(client, query);
        await audit.record(client);
        return { events: found };
      }),
  });
}
