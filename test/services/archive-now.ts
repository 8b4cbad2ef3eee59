import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Database } from "../../services/shared/database/pool.ts";
import { directoryObjects } from "../../services/shared/objects/directory-objects.ts";
import { createLog } from "../../services/shared/runtime/log.ts";
import { archiveNext } from "../../services/worker/archive/archive.ts";
import type { Stack } from "./stack.ts";

/** Archives what is old enough, as a worker does every minute. Returns the keys of a tenant's objects. */
export async function archiveNow({ secrets }: Pick<Stack, "secrets">, tenant: string): Promise<string[]> {
  const url = readFileSync(join(secrets, "..", "worker", "database-url"), "utf8");
  const database = new Database({ url, connections: 2, log: createLog("test", "silent") });
  const objects = await directoryObjects({ directory: join(secrets, "..", "..", "objects"), port: 0 });
  try {
    while ((await archiveNext(database, objects)) !== "nothing");
    const keys: string[] = [];
    for await (const { key } of objects.of(tenant).list("")) keys.push(key);
    return keys;
  } finally {
    await objects.close();
    await database.close();
  }
}
