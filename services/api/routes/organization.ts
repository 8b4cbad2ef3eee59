import { Readable } from "node:stream";
import { z } from "zod";
import type { Api } from "../api.ts";
import { exportTenant } from "../export.ts";

/** What an organization does with all that is its own. */
export function addOrganizationRoutes({ addRoute, database }: Api): void {
  addRoute({
    method: "GET",
    url: "/organization/export",
    access: "organization:export",
    schema: {
      operationId: "exportOrganization",
      tags: ["organization"],
      summary: "Export all that is kept of the organization, as lines of JSON; the last one counts the others",
      response: {
        200: {
          description: "Lines of JSON.",
          content: { "application/x-ndjson": { schema: z.unknown().meta({ type: "string" }) } },
        },
      },
    },
    handler: ({ caller }, reply) =>
      reply
        .header("cache-control", "no-store")
        .type("application/x-ndjson")
        .send(Readable.from(exportTenant(database, caller.tenant), { objectMode: false })),
  });
}
