import type { ClientBase } from "pg";
import { insertEvent } from "./audit/insert.ts";

/**
 * Gives an operator a key, of which only the hash is given, unless the operator has one that is not revoked: then nothing changes. Returns
 * whether the operator had none.
 */
export async function createOperator(client: ClientBase, name: string, hash: Buffer): Promise<boolean> {
  await client.query("BEGIN");
  try {
    // One at a time, since a second call must see the first one's key.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('operator'), hashtext($1))", [name]);
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO operator_keys (name, hash) SELECT $1, $2
        WHERE NOT EXISTS (SELECT FROM operator_keys WHERE name = $1 AND revoked_at IS NULL) RETURNING id`,
      [name, hash],
    );
    if (rows[0])
      await insertEvent(client, { actor: { kind: "system" }, action: "operator.create", object: rows[0].id });
    await client.query("COMMIT");
    return rows.length === 1;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
