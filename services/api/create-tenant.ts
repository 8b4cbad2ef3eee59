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
 * Creates a tenant with its administrator's API key, in one transaction. Returns false, and changes nothing, when the tenant has
 * such a key that is not revoked. `show` gets the key before the transaction ends: a key that nobody saw could not be replaced.
 */
export async function createTenant(client: Client, name: string, show: (key: string) => void): Promise<boolean> {
  await client.query("BEGIN");
  try {
    // One at a time, since a second call must see the first one's key.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('tenant'), hashtext($1))", [name]);
    await client.query("INSERT INTO tenants (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", [name]);
    const { rowCount } = await client.query(
      `SELECT FROM api_keys JOIN tenants ON tenants.id = tenant_id
        WHERE tenants.name = $1 AND api_keys.name = $2 AND revoked_at IS NULL`,
      [name, ADMINISTRATOR],
    );
    const isNew = rowCount === 0;
    if (isNew) {
      const key = createKey();
      await client.query(
        "INSERT INTO api_keys (tenant_id, name, hash, scopes) SELECT id, $2, $3, $4 FROM tenants WHERE name = $1",
        [name, ADMINISTRATOR, hashOf(key), scopes],
      );
      show(key);
    }
    await client.query("COMMIT");
    return isNew;
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
    const created = await createTenant(client, tenant, (key) => {
      say(`Tenant '${tenant}' gets an administrator. This is the API key; it is shown once:`);
      say(key);
    });
    if (!created) say(`Tenant '${tenant}' has an administrator's API key already. Nothing was changed.`);
  } finally {
    await client.end();
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
