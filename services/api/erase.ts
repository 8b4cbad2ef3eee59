import type { Database } from "../shared/database/pool.ts";
import type { ObjectStore, TenantObjects } from "../shared/objects/ports.ts";
import type { Log } from "../shared/runtime/log.ts";
import { repeat } from "../shared/runtime/repeat.ts";

const PAUSE = 10_000;
/** Rows, or executions with all that is kept of them, that one transaction deletes. */
const MAX_AT_ONCE = 100;

interface Erasing {
  readonly database: Database;
  readonly objects: ObjectStore | undefined;
  readonly log: Log;
}

/**
 * Takes the steps of erasures that are due, one transaction each, now and every ten seconds: rows first, then objects, of which no row says
 * anything any more. Replicas that do so at once erase different tenants. Whoever is killed leaves what it has not done to the others.
 * Returns what stops it.
 */
export function startErasing({ database, objects, log }: Erasing): () => void {
  const eraseRows = async (isStopped: () => boolean): Promise<void> => {
    for (let deleted = 1; deleted > 0 && !isStopped();) {
      const { rows } = await database.query<{ deleted: number }>({
        text: "SELECT erase_next($1) AS deleted",
        values: [MAX_AT_ONCE],
      });
      deleted = rows[0]?.deleted ?? 0;
    }
  };
  const erase = async (isStopped: () => boolean): Promise<void> => {
    await eraseRows(isStopped);
    const { rows } = await database.query<{ tenant: string }>({
      text: "SELECT tenants_with_objects_to_erase AS tenant FROM tenants_with_objects_to_erase()",
    });
    for (const { tenant } of rows) {
      if (isStopped()) return;
      if (objects) await deleteAll(objects.of(tenant));
      await database.query({ text: "SELECT objects_erased($1)", values: [tenant] });
    }
    if (rows.length > 0) await eraseRows(isStopped);
  };
  return repeat(erase, { pause: PAUSE, log, failed: "an erasure could not go on; it is tried again" });
}

async function deleteAll(objects: TenantObjects): Promise<void> {
  for await (const { key } of objects.list("")) await objects.delete(key);
}
