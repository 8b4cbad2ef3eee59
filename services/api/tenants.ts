import type { PoolClient } from "pg";
import { z } from "zod";
import { isUniqueViolation } from "../shared/database/retry-conflicts.ts";
import { createKey, hashOf } from "./api-keys.ts";
import { scopes } from "./caller.ts";
import { ADMINISTRATOR } from "./create-tenant.ts";
import { ApiError } from "./errors.ts";
import { allLimits, LIMITS } from "./tenant-limits.ts";

export const tenant = z
  .object({
    id: z.uuid(),
    name: z.string(),
    state: z
      .enum(["active", "suspended", "erasing", "erased"])
      .describe(
        "Credentials are accepted only while the tenant is 'active'. Only the id of an 'erased' tenant is kept.",
      ),
    createdAt: z.iso.datetime(),
    suspendedAt: z.iso.datetime().nullable(),
    limits: allLimits,
    erasure: z
      .object({
        requestedAt: z.iso.datetime(),
        dueAt: z.iso.datetime().describe("The time at which erasure starts."),
        finishedAt: z.iso.datetime().nullable(),
        rows: z.int().describe("Rows deleted so far, not counting those deleted by cascade."),
      })
      .nullable(),
  })
  .meta({ id: "Tenant" });
export type Tenant = z.output<typeof tenant>;

/** Tenants as an operator's transaction reads them; a condition follows. */
export const SELECT_TENANTS = `SELECT tenants.id, name, created_at AS "createdAt", suspended_at AS "suspendedAt", ${LIMITS} AS limits,
    CASE WHEN finished_at IS NOT NULL THEN 'erased' WHEN erasures.id IS NOT NULL THEN 'erasing'
      WHEN suspended_at IS NOT NULL THEN 'suspended' ELSE 'active' END AS state,
    CASE WHEN erasures.id IS NOT NULL THEN
      jsonb_build_object('requestedAt', ${iso("requested_at")}, 'dueAt', ${iso("due_at")}, 'finishedAt', ${iso("finished_at")}, 'rows', rows)
    END AS erasure
  FROM tenants LEFT JOIN erasures ON erasures.tenant_id = tenants.id AND user_id IS NULL`;

/** A time as ISO 8601 in UTC inside of JSON. */
function iso(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** Throws `not_found`. */
export async function readTenant(client: PoolClient, id: string): Promise<Tenant> {
  const { rows } = await client.query<Tenant>(`${SELECT_TENANTS} WHERE tenants.id = $1`, [id]);
  if (!rows[0]) throw new ApiError("not_found");
  return rows[0];
}

/**
 * Adds a tenant with an API key that has every scope, in an operator's transaction, which may write the tenant's rows from then on. Throws
 * `name_taken`.
 */
export async function addTenant(
  client: PoolClient,
  name: string,
): Promise<{ readonly id: string; readonly apiKey: string }> {
  const { rows } = await client
    .query<{ id: string }>("INSERT INTO tenants (name) VALUES ($1) RETURNING id", [name])
    .catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      throw new ApiError("name_taken", `There is a tenant '${name}'. Take another name.`);
    });
  const [{ id }] = rows as [{ id: string }];
  await client.query("SELECT set_config('promptops.tenant', $1, true)", [id]);
  const apiKey = createKey();
  await client.query("INSERT INTO api_keys (tenant_id, name, hash, scopes) VALUES ($1, $2, $3, $4)", [
    ...[id, ADMINISTRATOR, hashOf(apiKey), scopes],
  ]);
  return { id, apiKey };
}

/** Throws `not_found`, and `erased`. */
export async function suspendTenant(client: PoolClient, id: string): Promise<Tenant> {
  refuseErased(await readTenant(client, id));
  await client.query("UPDATE tenants SET suspended_at = coalesce(suspended_at, now()) WHERE id = $1", [id]);
  return readTenant(client, id);
}

/** Throws `not_found`, and `erased`. */
export async function resumeTenant(client: PoolClient, id: string): Promise<Tenant> {
  // Locked, since an erasure of the same time must not be undone.
  await client.query("SELECT FROM tenants WHERE id = $1 FOR UPDATE", [id]);
  refuseErased(await readTenant(client, id));
  await client.query("UPDATE tenants SET suspended_at = NULL WHERE id = $1", [id]);
  return readTenant(client, id);
}

/** Suspends a tenant, and has all of it erased. What was asked for before is not asked for again. Throws `not_found`. */
export async function requestErasure(client: PoolClient, id: string, operator: string): Promise<Tenant> {
  const { rowCount } = await client.query(
    "UPDATE tenants SET suspended_at = coalesce(suspended_at, now()) WHERE id = $1",
    [id],
  );
  if (rowCount === 0) throw new ApiError("not_found");
  await client.query(
    "INSERT INTO erasures (tenant_id, requested_by) VALUES ($1, $2) ON CONFLICT (tenant_id) WHERE user_id IS NULL DO NOTHING",
    [id, operator],
  );
  return readTenant(client, id);
}

function refuseErased({ state }: Tenant): void {
  if (state === "erasing" || state === "erased") throw new ApiError("erased");
}
