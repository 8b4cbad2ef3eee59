import type { Database } from "../shared/database/pool.ts";
import { reseal } from "../shared/models/reseal.ts";
import type { SealingKeys } from "../shared/models/sealed-keys.ts";

/** Seals API keys of custom models that are under an older key again, under the newest; returns how many. */
export const resealApiKeys = (database: Database, keys: SealingKeys): Promise<number> =>
  reseal(database, keys, {
    find: `SELECT id, tenant_id AS tenant, name, key_id AS "keyId", sealed_api_key AS sealed FROM custom_models
      WHERE key_id = ANY ($1) ORDER BY id`,
    update: "UPDATE custom_models SET sealed_api_key = $2, key_id = $3, revision = gen_random_uuid() WHERE id = $1",
  });
