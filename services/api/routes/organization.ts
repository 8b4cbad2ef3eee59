import type { Api } from "../api.ts";
import { exportTenant } from "../export.ts";
import { onClosed } from "../on-closed.ts";
import { linesResponse, sendLines } from "../stream-lines.ts";

/** What an organization does with all that is its own. */
export function addOrganizationRoutes({ addRoute, database, objects, exports }: Api): void {
  addRoute({
    method: "GET",
    url: "/organization/export",
    audit: "organization.export",
    access: "organization:export",
    schema: {
      operationId: "exportOrganization",
      tags: ["organization"],
      summary: "Export all data of the organization, one JSON document per line; the last line counts the others",
      response: { 200: linesResponse },
    },
    handler: async ({ caller: { tenant }, audit }, reply) => {
      onClosed(reply, exports.take(tenant));
      await database.asTenant(tenant, (client) => audit.record(client, { object: tenant }));
      return sendLines(reply, exportTenant({ database, objects }, tenant));
    },
  });
}
