import type { Database } from "../shared/database/pool.ts";
import type { SealingKeys } from "../shared/models/sealed-keys.ts";

/** Rows that one transaction seals. */
const MAX_AT_ONCE = 100;

interface Sealed {
  readonly tenant: string;
  readonly name: string;
  readonly keyId: string;
  readonly sealed: Buffer;
}

/**
 * Seals API keys that are under an older key of the file again, under the first. Workers that do so at once take different rows. Returns
 * how many it sealed. Rows under a key that the file no longer has are left alone.
 */
export async function resealApiKeys(database: Database, keys: SealingKeys): Promise<number> {
  let count = 0;
  for (let sealed = MAX_AT_ONCE; sealed === MAX_AT_ONCE; count += sealed) sealed = await resealSome(database, keys);
  return count;
}

function resealSome(database: Database, keys: SealingKeys): Promise<number> {
  return database.transaction(async (client) => {
    const { rows } = await client.query<Sealed>({
      name: "find-older-seals",
      text: `SELECT tenant_id AS tenant, name, key_id AS "keyId", sealed_api_key AS sealed FROM custom_models
        WHERE key_id = ANY ($1) ORDER BY tenant_id, name LIMIT ${MAX_AT_ONCE} FOR UPDATE SKIP LOCKED`,
      values: [keys.older],
    });
    for (const { tenant, name, ...row } of rows) {
      const place = { tenant, model: name };
      const { keyId, sealed } = keys.seal(keys.open(row, place), place);
      await client.query({
        name: "reseal",
        text: `UPDATE custom_models SET sealed_api_key = $3, key_id = $4, revision = gen_random_uuid()
          WHERE tenant_id = $1 AND name = $2`,
        values: [tenant, name, sealed, keyId],
      });
    }
    return rows.length;
  });
}
