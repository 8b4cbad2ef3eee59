import type { PoolClient } from "pg";
import type { Database } from "../../shared/database/pool.ts";
import type { PutResult } from "../../shared/objects/ports.ts";
import { EXPORT_HOURS } from "../../shared/stored/objects.ts";
import { ApiError } from "../errors.ts";
import type { ExportJob, ExportKind } from "./schema.ts";

/** Exports of a tenant that are not deleted yet. */
const MAX_EXPORTS = 10;
/** Seconds after a failed attempt. */
const RETRY_SECONDS = 30;

const EXPIRES = `finished_at + make_interval(hours => ${EXPORT_HOURS})`;
const EXPORT = `id, CASE WHEN sha256 IS NOT NULL THEN 'succeeded' WHEN finished_at IS NOT NULL THEN 'failed'
    WHEN attempt > 0 THEN 'running' ELSE 'queued' END AS state,
  parameters, created_at AS "createdAt", finished_at AS "finishedAt", ${EXPIRES} AS "expiresAt", bytes, sha256`;
const IS_KEPT = `(finished_at IS NULL OR ${EXPIRES} > now())`;

/** Queues an export. Throws `limit_reached`. One request of a tenant at a time passes. */
export async function createExport(client: PoolClient, kind: ExportKind, parameters: object): Promise<ExportJob> {
  await client.query("SELECT pg_advisory_xact_lock(hashtext('exports'), hashtext(current_tenant()::text))");
  const { rows: counted } = await client.query<{ count: number }>("SELECT count(*)::int AS count FROM exports");
  if ((counted[0]?.count ?? 0) >= MAX_EXPORTS)
    throw new ApiError(
      "limit_reached",
      `${MAX_EXPORTS} exports are allowed. Each is deleted ${EXPORT_HOURS} hours after its end.`,
    );
  const { rows } = await client.query<ExportJob>(
    `INSERT INTO exports (tenant_id, kind, parameters) VALUES (current_tenant(), $1, $2) RETURNING ${EXPORT}`,
    [kind, parameters],
  );
  return rows[0] as ExportJob;
}

/** Exports of a kind, the newest first. */
export async function listExports(client: PoolClient, kind: ExportKind): Promise<ExportJob[]> {
  const { rows } = await client.query<ExportJob>(
    `SELECT ${EXPORT} FROM exports WHERE kind = $1 AND ${IS_KEPT} ORDER BY created_at DESC, id DESC`,
    [kind],
  );
  return rows;
}

/** Throws `not_found`. */
export async function readExport(client: PoolClient, kind: ExportKind, id: string): Promise<ExportJob> {
  const { rows } = await client.query<ExportJob>(
    `SELECT ${EXPORT} FROM exports WHERE id = $1 AND kind = $2 AND ${IS_KEPT}`,
    [id, kind],
  );
  if (!rows[0]) throw new ApiError("not_found");
  return rows[0];
}

/** An export that this process is to write. */
export interface BegunExport {
  readonly id: string;
  readonly tenant: string;
  readonly kind: ExportKind;
  readonly parameters: unknown;
  readonly attempt: number;
}

/** Begins the export that has waited longest, of any tenant; undefined when none waits. */
export async function beginExport(database: Database): Promise<BegunExport | undefined> {
  const { rows } = await database.query<BegunExport>({
    name: "begin-export",
    text: "SELECT id, tenant_id AS tenant, kind, parameters, attempt FROM begin_export()",
  });
  return rows[0];
}

/** Ends an export, unless another process has begun it since. */
export async function finishExport(
  database: Database,
  { id, tenant, attempt }: BegunExport,
  { size, sha256 }: PutResult,
): Promise<void> {
  await database.asTenant(tenant, (client) =>
    client.query(
      `UPDATE exports SET finished_at = now(), writing_until = NULL, bytes = $3, sha256 = $4
        WHERE id = $1 AND attempt = $2 AND finished_at IS NULL`,
      [id, attempt, size, sha256],
    ),
  );
}

/** Lets another attempt begin soon. */
export async function postponeExport(database: Database, { id, tenant, attempt }: BegunExport): Promise<void> {
  await database.asTenant(tenant, (client) =>
    client.query(
      `UPDATE exports SET writing_until = now() + make_interval(secs => ${RETRY_SECONDS})
        WHERE id = $1 AND attempt = $2 AND finished_at IS NULL`,
      [id, attempt],
    ),
  );
}
