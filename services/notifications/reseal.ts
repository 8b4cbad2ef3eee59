import type { Database } from "../shared/database/pool.ts";
import { reseal } from "../shared/models/reseal.ts";
import type { SealingKeys } from "../shared/models/sealed-keys.ts";

/** Seals secrets of webhooks that are under an older key again, under the newest; returns how many. */
export const resealWebhookSecrets = (database: Database, keys: SealingKeys): Promise<number> =>
  reseal(database, keys, {
    find: `SELECT id, tenant_id AS tenant, 'webhook/' || endpoint_id AS name, key_id AS "keyId", sealed FROM webhook_secrets
      WHERE key_id = ANY ($1) ORDER BY id`,
    update: "UPDATE webhook_secrets SET sealed = $2, key_id = $3 WHERE id = $1",
  });
