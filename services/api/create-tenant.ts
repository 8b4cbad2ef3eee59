import { Client } from "pg";
import { UserError } from "../../platform/faults.ts";
import { connectionString } from "../shared/database/connection-string.ts";
import { DATABASE_URL } from "../shared/database/contract.ts";
import { readSettings } from "../shared/runtime/settings.ts";
import { insertEvent } from "./audit/insert.ts";
import { scopes } from "./caller.ts";
import { createOperator } from "./create-operator.ts";
import { api } from "./service.ts";
import { setLimits, type TenantLimits, tenantLimits } from "./tenant-limits.ts";

/** The name of the API key with which a tenant begins. It has every scope. */
export const ADMINISTRATOR = "administrator";

/**
 * Creates a tenant with its administrator's API key, in one transaction, unless it has such a key that is not revoked: then nothing
 * changes. Only the key's hash is given: the key itself stays with whoever made it.
 */
export async function createTenant(
  client: Client,
  name: string,
  hash: Buffer,
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
      const values = [id, ADMINISTRATOR, hash, scopes];
      await client.query("INSERT INTO api_keys (tenant_id, name, hash, scopes) VALUES ($1, $2, $3, $4)", values);
      await insertEvent(client, { tenant: id, actor: { kind: "system" }, action: "tenant.create", object: id });
    }
    await client.query("COMMIT");
    return { id, isNew: !administered };
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

function parseLimits(text = "{}"): TenantLimits {
  try {
    return tenantLimits.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(
      `PROMPTOPS_TENANT_LIMITS is '${text}'; it must be JSON with whole numbers or null under ${Object.keys(tenantLimits.shape).join(", ")}. Correct it.`,
      { cause: error },
    );
  }
}

/**
 * Gives the operator PROMPTOPS_OPERATOR a key; without one, creates the tenant PROMPTOPS_TENANT, or sets its limits. A job from the CronJob
 * `api-create-tenant` runs this.
 */
export async function runCreateTenant(): Promise<void> {
  const settings = readSettings(api);
  const { operator, tenant, keyHash } = settings;
  if (operator === undefined && tenant === undefined)
    throw new UserError("PROMPTOPS_TENANT is not set. Set it to the name of the tenant.");
  if (keyHash === undefined)
    throw new UserError(
      "PROMPTOPS_KEY_SHA256 is not set. Set it to the SHA-256 of the new key: docs/how-to/first-tenant.md has the commands.",
    );
  const limits = parseLimits(settings.tenantLimits);
  const client = new Client({ connectionString: connectionString(settings.secret(DATABASE_URL)) });
  await client.connect();
  try {
    const hash = Buffer.from(keyHash, "hex");
    const said =
      operator === undefined
        ? await giveTenant(client, { name: tenant ?? "", hash, limits })
        : await giveOperator(client, operator, hash);
    process.stdout.write(`${said}\n`);
  } finally {
    await client.end();
  }
}

async function giveTenant(
  client: Client,
  { name, hash, limits }: { readonly name: string; readonly hash: Buffer; readonly limits: TenantLimits },
): Promise<string> {
  const { id, isNew } = await createTenant(client, name, hash);
  await limitTenant(client, id, limits);
  const unchanged = Object.keys(limits).length > 0 ? "Its limits were set" : "Nothing was changed";
  const said = isNew ? "has its administrator's API key" : `had an administrator's API key already. ${unchanged}`;
  return `Tenant '${name}' (${id}) ${said}.`;
}

/** Sets the limits that are given, if any, and records that. */
export async function limitTenant(client: Client, id: string, limits: TenantLimits): Promise<void> {
  const fields = Object.keys(limits);
  if (fields.length === 0) return;
  await client.query("BEGIN");
  await setLimits(client, id, limits);
  const actor = { kind: "system" } as const;
  await insertEvent(client, { tenant: id, actor, action: "tenant.limit", object: id, details: { fields } });
  await client.query("COMMIT");
}

async function giveOperator(client: Client, name: string, hash: Buffer): Promise<string> {
  const isNew = await createOperator(client, name, hash);
  return `Operator '${name}' ${isNew ? "has a key" : "had a key already. Nothing was changed"}.`;
}
