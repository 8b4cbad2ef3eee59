import { z } from "zod";
import type { Database } from "../../shared/database/pool.ts";
import { auditRange, exportEvents } from "../audit/events.ts";
import { exportFormat } from "../usage-range.ts";
import { exportFormats, exportUsage } from "../usage-reports.ts";
import type { ExportKind } from "./schema.ts";

const usage = z.object({ from: z.iso.date(), to: z.iso.date(), format: exportFormat });

interface Content {
  /** The text of an export, in pieces: as the streamed export of the same kind. */
  readonly lines: (database: Database, tenant: string, parameters: unknown) => AsyncIterable<string>;
  /** The name under which it is downloaded. */
  readonly fileName: (parameters: unknown) => string;
}

/** What each kind of export contains. */
export const contents: Readonly<Record<ExportKind, Content>> = {
  usage: {
    lines: (database, tenant, parameters) => {
      const { format, ...range } = usage.parse(parameters);
      return exportUsage(database, tenant, { range, format: exportFormats[format] });
    },
    fileName: (parameters) => {
      const { from, to, format } = usage.parse(parameters);
      return `usage-${from}-${to}.${format}.gz`;
    },
  },
  audit: {
    lines: (database, tenant, parameters) => exportEvents(database, tenant, auditRange.parse(parameters)),
    fileName: () => "audit.ndjson.gz",
  },
};
