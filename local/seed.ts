import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { hashOf } from "../services/api/api-keys.ts";
import { type Scope, scopes } from "../services/api/caller.ts";
import { hashPassword } from "../services/api/passwords.ts";

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

/** The owner of a tenant, who logs in with a password. One who exists keeps the password of before. */
export async function addOwner(
  databaseUrl: string,
  tenant: string,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<void> {
  const hash = await hashPassword(password);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO users (tenant_id, email, role, password_hash, accepted_at) SELECT id, $2, 'owner', $3, now() FROM tenants
        WHERE name = $1 ON CONFLICT DO NOTHING`,
      [tenant, email, hash],
    );
  } finally {
    await client.end();
  }
}

/** A secret of this folder: made once, so that a command line that worked yesterday works today. */
export function keptSecret(folder: string, name: string, create: () => string): string {
  const file = join(folder, name);
  if (!existsSync(file)) writeFileSync(file, create(), { mode: 0o600 });
  return readFileSync(file, "utf8");
}
