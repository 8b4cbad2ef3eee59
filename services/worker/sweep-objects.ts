import type { Database } from "../shared/database/pool.ts";
import type { ObjectStore } from "../shared/objects/ports.ts";
import type { Log } from "../shared/runtime/log.ts";
import { repeat } from "../shared/runtime/repeat.ts";
import { EXPORT_HOURS, exportKey, fileKey } from "../shared/stored/objects.ts";

/** Milliseconds between looks for what is to be deleted. */
const PAUSE = 60_000;
/** Hours after which a file whose content was never uploaded is deleted. */
const HOURS_TO_UPLOAD = 24;
/** Rows that are read at once. */
const BATCH = 100;

interface Sweeping {
  readonly database: Database;
  /** Undefined where there is no object storage: then there are no files and exports. */
  readonly objects: ObjectStore | undefined;
  readonly log: Log;
}

/** Sweeps files and exports, now and every minute. Returns what stops it. */
export function startSweeping({ database, objects, log }: Sweeping): () => void {
  const sweep = async (isStopped: () => boolean): Promise<void> => {
    while (objects && !isStopped()) if ((await sweepObjects(database, objects)) === 0) return;
  };
  return repeat(sweep, { pause: PAUSE, log, failed: "objects could not be swept; it is tried again" });
}

/**
 * Deletes files that were not uploaded within a day, and the objects of deleted files and expired exports. Each step can be repeated, and the row
 * goes last: what a killed worker leaves is done by another one. Returns how many rows were looked at.
 */
export async function sweepObjects(database: Database, objects: ObjectStore): Promise<number> {
  return (
    (await settleFiles(database, objects)) +
    (await deleteStored(database, objects, {
      ...{ table: "files", keyOf: fileKey, order: "upload_until" },
      where: "deleted_at IS NOT NULL AND upload_until < now()",
    })) +
    (await deleteStored(database, objects, {
      ...{ table: "exports", keyOf: exportKey, order: "finished_at" },
      where: `finished_at < now() - make_interval(hours => ${EXPORT_HOURS})`,
    }))
  );
}

interface Swept {
  readonly id: string;
  readonly tenant: string;
}

/** Decides about files of which nobody has noticed an upload: their owners may not have asked for them since. */
async function settleFiles(database: Database, objects: ObjectStore): Promise<number> {
  const { rows } = await database.query<Swept>({
    name: "files-to-settle",
    text: `SELECT id, tenant_id AS tenant FROM files
      WHERE uploaded_at IS NULL AND deleted_at IS NULL AND created_at < now() - make_interval(hours => ${HOURS_TO_UPLOAD})
      ORDER BY created_at LIMIT ${BATCH}`,
  });
  for (const { id, tenant } of rows) {
    const found = await objects.of(tenant).head(fileKey(id));
    await database.query({
      name: "settle-file",
      text: `UPDATE files SET uploaded_at = CASE WHEN $2 THEN now() END, deleted_at = CASE WHEN NOT $2 THEN now() END
        WHERE id = $1 AND uploaded_at IS NULL AND deleted_at IS NULL`,
      values: [id, found !== undefined],
    });
  }
  return rows.length;
}

interface Stored {
  readonly table: "files" | "exports";
  readonly keyOf: (id: string) => string;
  /** Which rows are deleted, with their objects. */
  readonly where: string;
  /** The column by which an index finds them. */
  readonly order: string;
}

async function deleteStored(
  database: Database,
  objects: ObjectStore,
  { table, keyOf, where, order }: Stored,
): Promise<number> {
  const { rows } = await database.query<Swept>({
    name: `${table}-to-delete`,
    text: `SELECT id, tenant_id AS tenant FROM ${table} WHERE ${where} ORDER BY ${order} LIMIT ${BATCH}`,
  });
  for (const { id, tenant } of rows) {
    await objects.of(tenant).delete(keyOf(id));
    await database.query({ name: `delete-from-${table}`, text: `DELETE FROM ${table} WHERE id = $1`, values: [id] });
  }
  return rows.length;
}
