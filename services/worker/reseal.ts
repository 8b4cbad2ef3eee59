import type { Database } from "../shared/database/pool.ts";
import { reseal } from "../shared/models/reseal.ts";
import type { SealingKeys } from "../shared/models/sealed-keys.ts";
import type { Log } from "../shared/runtime/log.ts";
import { repeat } from "../shared/runtime/repeat.ts";

/** Seals API keys of custom models that are under an older key again, under the newest; returns how many. */
export const resealApiKeys = (database: Database, keys: SealingKeys): Promise<number> =>
  reseal(database, keys, {
    find: `SELECT id, tenant_id AS tenant, name, key_id AS "keyId", sealed_api_key AS sealed FROM custom_models
      WHERE key_id = ANY ($1) ORDER BY id`,
    update: "UPDATE custom_models SET sealed_api_key = $2, key_id = $3, revision = gen_random_uuid() WHERE id = $1",
  });

/** Milliseconds between looks for API keys that are sealed under an older key. */
const PAUSE = 3_600_000;

interface Resealing {
  readonly database: Database;
  readonly keys: SealingKeys;
  readonly log: Log;
}

/** Seals API keys under the newest key, now and every hour. Returns what stops it. */
export function startResealing({ database, keys, log }: Resealing): () => void {
  const reseal = async (): Promise<void> => {
    const sealed = await resealApiKeys(database, keys);
    if (sealed > 0) log.info({ sealed }, "API keys were sealed again, under the newest key");
  };
  return repeat(reseal, {
    ...{ pause: PAUSE, log },
    failed: "API keys could not be sealed again; it is tried again in an hour",
  });
}
