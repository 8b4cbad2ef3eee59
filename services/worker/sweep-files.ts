import type { Database } from "../shared/database/pool.ts";
import { fileKey } from "../shared/files/file-key.ts";
import type { ObjectStore } from "../shared/objects/ports.ts";
import type { Log } from "../shared/runtime/log.ts";
import { repeat } from "../shared/runtime/repeat.ts";

/** Milliseconds between looks for files without content, and for those that were deleted. */
const PAUSE = 60_000;
/** Hours after which a file whose content was never uploaded is deleted. */
const HOURS_TO_UPLOAD = 24;
/** Files that are read at once. */
const BATCH = 100;

interface Sweeping {
  readonly database: Database;
  /** Undefined where there is no object storage: then there are no files. */
  readonly objects: ObjectStore | undefined;
  readonly log: Log;
}

/** Sweeps files, now and every minute. Returns what stops it. */
export function startSweepingFiles({ database, objects, log }: Sweeping): () => void {
  const sweep = async (isStopped: () => boolean): Promise<void> => {
    while (objects && !isStopped()) if ((await sweepFiles(database, objects)) === 0) return;
  };
  return repeat(sweep, { pause: PAUSE, log, failed: "files could not be swept; it is tried again" });
}

interface Swept {
  readonly id: string;
  readonly tenant: string;
}

/**
 * Deletes files that were not uploaded within a day, and the objects of deleted files. Each step can be repeated, and the row goes last: what a
 * killed worker leaves is done by another one. Returns how many files were looked at.
 */
export async function sweepFiles(database: Database, objects: ObjectStore): Promise<number> {
  const old = await database.query<Swept>({
    name: "files-not-uploaded",
    text: `SELECT id, tenant_id AS tenant FROM files
      WHERE uploaded_at IS NULL AND deleted_at IS NULL AND created_at < now() - make_interval(hours => ${HOURS_TO_UPLOAD})
      ORDER BY created_at LIMIT ${BATCH}`,
  });
  for (const { id, tenant } of old.rows) {
    // Its owner may not have asked for it since it was uploaded.
    const found = await objects.of(tenant).head(fileKey(id));
    await database.query({
      name: "settle-file",
      text: `UPDATE files SET uploaded_at = CASE WHEN $2 THEN now() END, deleted_at = CASE WHEN NOT $2 THEN now() END
        WHERE id = $1 AND uploaded_at IS NULL AND deleted_at IS NULL`,
      values: [id, found !== undefined],
    });
  }
  const deleted = await database.query<Swept>({
    name: "files-deleted",
    text: `SELECT id, tenant_id AS tenant FROM files WHERE deleted_at IS NOT NULL AND upload_until < now()
      ORDER BY upload_until LIMIT ${BATCH}`,
  });
  for (const { id, tenant } of deleted.rows) {
    await objects.of(tenant).delete(fileKey(id));
    await database.query({ name: "delete-file", text: "DELETE FROM files WHERE id = $1", values: [id] });
  }
  return old.rows.length + deleted.rows.length;
}
