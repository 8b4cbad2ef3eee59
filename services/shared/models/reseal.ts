import type { Database } from "../database/pool.ts";
import type { SealedKey, SealedPlace, SealingKeys } from "./sealed-keys.ts";

/** Rows that one transaction seals. */
const MAX_AT_ONCE = 100;

/** Statements for the sealed secrets of a table. */
export interface SealedTable {
  /** Selects rows whose key is one of $1, with `id`, `tenant`, `name`, `keyId` and `sealed`, in one order. Ends before LIMIT. */
  readonly find: string;
  /** Gives the row of id $1 the seal $2 of the key $3. */
  readonly update: string;
}

interface Row extends SealedKey, SealedPlace {
  readonly id: string;
}

/**
 * Seals secrets that are under an older key of the file again, under the first. Replicas that do so at once take different rows. Returns
 * how many it sealed. Rows under a key that the file no longer has are left alone.
 */
export async function reseal(database: Database, keys: SealingKeys, table: SealedTable): Promise<number> {
  let count = 0;
  for (let sealed = MAX_AT_ONCE; sealed === MAX_AT_ONCE; count += sealed)
    sealed = await resealSome(database, keys, table);
  return count;
}

function resealSome(database: Database, keys: SealingKeys, { find, update }: SealedTable): Promise<number> {
  return database.transaction(async (client) => {
    const { rows } = await client.query<Row>(`${find} LIMIT ${MAX_AT_ONCE} FOR UPDATE SKIP LOCKED`, [keys.older]);
    for (const row of rows) {
      const { keyId, sealed } = keys.seal(keys.open(row, row), row);
      await client.query(update, [row.id, sealed, keyId]);
    }
    return rows.length;
  });
}
