import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { createKey, hashOf } from "../services/api/api-keys.ts";
import { type Scope, scopes } from "../services/api/caller.ts";

/**
 * A tenant with an API key that has the scopes, all by default. Written as the superuser: tenants are not made by tenants.
 */
export async function addTenant(
  databaseUrl: string,
  name: string,
  key: string,
  granted: readonly Scope[] = scopes,
): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("INSERT INTO tenants (name) VALUES ($1) ON CONFLICT DO NOTHING", [name]);
    await client.query(
      `INSERT INTO api_keys (tenant_id, name, hash, scopes) SELECT id, 'development', $2, $3 FROM tenants WHERE name = $1
        ON CONFLICT DO NOTHING`,
      [name, hashOf(key), granted],
    );
  } finally {
    await client.end();
  }
}

/** An operator of the platform with a key. */
export async function addOperator(databaseUrl: string, name: string, key: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("INSERT INTO operator_keys (name, hash) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
      ...[name, hashOf(key)],
    ]);
  } finally {
    await client.end();
  }
}

/** The key of this folder's tenant: made once, so that a command line that worked yesterday works today. */
export function keptKey(folder: string): string {
  const file = join(folder, "api-key");
  if (!existsSync(file)) writeFileSync(file, createKey(), { mode: 0o600 });
  return readFileSync(file, "utf8");
}
