import { z } from "zod";
import { exportKey } from "../../shared/stored/objects.ts";
import type { Api } from "../api.ts";
import type { Action } from "../audit/actions.ts";
import { auditRange } from "../audit/events.ts";
import type { Scope } from "../caller.ts";
import { contents } from "../exports/contents.ts";
import { createExport, listExports, readExport } from "../exports/queries.ts";
import { exportJob, type ExportKind, exportWithDownload } from "../exports/schema.ts";
import { SIGNED_SECONDS } from "../files.ts";
import { byId } from "../schemas.ts";
import { tenantObjects } from "../tenant-objects.ts";
import { exportFormat, isReadable, RANGE_RULE, rangeOf, usageRange } from "../usage-range.ts";

interface Exports {
  readonly kind: ExportKind;
  readonly url: `/${ExportKind}/exports`;
  /** The end of the names of its operations. */
  readonly name: "UsageExport" | "AuditExport";
  readonly access: Scope;
  readonly audit: Action;
}

const usageExports: Exports = {
  ...{ kind: "usage", url: "/usage/exports", name: "UsageExport", access: "executions:read", audit: "usage.export" },
};
const auditExports: Exports = {
  ...{ kind: "audit", url: "/audit/exports", name: "AuditExport", access: "audit:read", audit: "audit.export" },
};

const newUsageExport = z
  .strictObject({ ...usageRange, format: exportFormat.default("ndjson") })
  .refine(isReadable, RANGE_RULE)
  .meta({ id: "NewUsageExport", examples: [{ from: "2026-11-01", to: "2026-11-30", format: "csv" }] });
const newAuditExport = auditRange.strict().meta({ id: "NewAuditExport", examples: [{ from: "2026-11-01T00:00:00Z" }] });

/** Exports that are written to the object store, and downloaded from there. */
export function addExportRoutes(api: Api): void {
  addCreation(api, usageExports, newUsageExport, ({ format, ...days }) => ({ ...rangeOf(days), format }));
  addReading(api, usageExports);
  addCreation(api, auditExports, newAuditExport, (times) => times);
  addReading(api, auditExports);
}

/** What a request for an export may say. */
interface Given {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly format?: z.output<typeof exportFormat> | undefined;
}

function addCreation(
  { addRoute, database, objects }: Api,
  { kind, url, name, access, audit: action }: Exports,
  body: z.ZodType<Given>,
  parametersOf: (given: Given) => object,
): void {
  addRoute({
    ...{ method: "POST", url, audit: action, access },
    schema: {
      ...{ operationId: `create${name}`, tags: [kind], body, response: { 202: exportJob } },
      summary: `Export ${kind} events to a compressed file, which is kept for a day`,
    },
    handler: async ({ caller: { tenant }, body: given, audit }, reply) => {
      // Nobody would write it.
      tenantObjects(objects, tenant);
      const created = await database.asTenant(tenant, async (client) => {
        const queued = await createExport(client, kind, parametersOf(given));
        await audit.record(client, { object: queued.id });
        return queued;
      });
      return reply.code(202).send(created);
    },
  });
}

function addReading({ addRoute, database, objects }: Api, { kind, url, name, access }: Exports): void {
  addRoute({
    ...{ method: "GET", url, access },
    schema: {
      ...{ operationId: `list${name}s`, tags: [kind], summary: `List exports of ${kind} events, newest first` },
      response: { 200: z.object({ exports: z.array(exportJob) }) },
    },
    handler: async ({ caller }) => ({
      exports: await database.asTenant(caller.tenant, (client) => listExports(client, kind)),
    }),
  });

  addRoute({
    ...{ method: "GET", url: `${url}/:id`, access },
    schema: {
      ...{ operationId: `read${name}`, tags: [kind], params: byId, response: { 200: exportWithDownload } },
      summary: `Read an export of ${kind} events, and get the URL of its content`,
    },
    handler: async ({ caller: { tenant }, params: { id } }, reply) => {
      const found = await database.asTenant(tenant, (client) => readExport(client, kind, id));
      void reply.header("cache-control", "no-store");
      if (found.state !== "succeeded") return { export: found, download: null };
      const { url: signed, expiresAt } = await tenantObjects(objects, tenant).download(exportKey(id), {
        ...{ seconds: SIGNED_SECONDS, fileName: contents[kind].fileName(found.parameters) },
      });
      return { export: found, download: { url: signed, expiresAt: expiresAt.toISOString() } };
    },
  });
}
