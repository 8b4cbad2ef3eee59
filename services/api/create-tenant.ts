import { Client } from "pg";
import { UserError } from "../../platform/faults.ts";
import { connectionString } from "../shared/database/connection-string.ts";
import { DATABASE_URL } from "../shared/database/contract.ts";
import { readSettings } from "../shared/runtime/settings.ts";
import { createKey, hashOf, scopes } from "./authenticate.ts";
import { api } from "./service.ts";

/** The name of the API key with which a tenant begins. It has every scope. */
const ADMINISTRATOR = "administrator";

/**
 * Creates a tenant with its administrator's API key, in one transaction, unless it has such a key that is not revoked: then nothing
 * changes, and `show` is not called. `show` gets the key before the transaction ends, because a key that nobody saw is lost.
 */
export async function createTenant(
  client: Client,
  name: string,
  show: (key: string, id: string) => void,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  await client.query("BEGIN");
  try {
    // One at a time, since a second call must see the first one's key.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('tenant'), hashtext($1))", [name]);
    await client.query("INSERT INTO tenants (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", [name]);
    const { rows } = await client.query<{ id: string; administered: boolean }>(
      `SELECT id, EXISTS (
          SELECT FROM api_keys WHERE tenant_id = tenants.id AND api_keys.name = $2 AND revoked_at IS NULL
        ) AS administered FROM tenants WHERE name = $1`,
      [name, ADMINISTRATOR],
    );
    const [tenant] = rows;
    if (!tenant) throw new Error(`Tenant '${name}' was created and cannot be read. The role has no policy for it.`);
    const { id, administered } = tenant;
    if (!administered) {
      const key = createKey();
      await client.query("INSERT INTO api_keys (tenant_id, name, hash, scopes) VALUES ($1, $2, $3, $4)", [
        id,
        ADMINISTRATOR,
        hashOf(key),
        scopes,
      ]);
      show(key, id);
    }
    await client.query("COMMIT");
    return { id, isNew: !administered };
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** Creates the tenant PROMPTOPS_TENANT; a job from the CronJob `api-create-tenant` runs this. The key is the last line. */
export async function runCreateTenant(): Promise<void> {
  const settings = readSettings(api);
  const { tenant } = settings;
  if (tenant === undefined) throw new UserError("PROMPTOPS_TENANT is not set. Set it to the name of the tenant.");
  const client = new Client({ connectionString: connectionString(settings.secret(DATABASE_URL)) });
  await client.connect();
  try {
    const { id, isNew } = await createTenant(client, tenant, (key, of) => {
      say(`Tenant '${tenant}' (${of}) gets an administrator. This is the API key; it is shown once:`);
      say(key);
    });
    if (!isNew) say(`Tenant '${tenant}' (${id}) has an administrator's API key already. Nothing was changed.`);
  } finally {
    await client.end();
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
