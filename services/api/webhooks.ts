import type { PoolClient } from "pg";
import type { SealingKeys } from "../shared/models/sealed-keys.ts";
import { createWebhookSecret, placeOf } from "../shared/webhooks/secret.ts";
import { ApiError, type FieldFault, InvalidRequest } from "./errors.ts";
import type { Webhook, WebhookChanges, WebhookInput, WebhookWithSecret } from "./webhook-schema.ts";

/** Webhooks that a tenant may have: each is a delivery of its own for each event. */
const MAX_WEBHOOKS = 20;
/** Hours for which the secret before a rotation signs too. */
export const OVERLAP_HOURS = 24;

const WEBHOOK = `id, url, description, events, include_output AS "includeOutput",
  ARRAY(SELECT name FROM prompts WHERE prompts.id = ANY (subjects) ORDER BY name) AS prompts,
  ARRAY(SELECT name FROM workflows WHERE workflows.id = ANY (subjects) ORDER BY name) AS workflows,
  disabled_at IS NULL AS enabled, disabled_reason AS "disabledReason", disabled_at AS "disabledAt", failing_since AS "failingSince",
  (SELECT max(expires_at) FROM webhook_secrets WHERE endpoint_id = webhook_endpoints.id AND expires_at > now()) AS "previousSecretExpiresAt",
  created_at AS "createdAt"`;

type Row = Omit<Webhook, "include"> & { readonly includeOutput: boolean };

const shown = ({ includeOutput, ...row }: Row): Webhook => ({ ...row, include: includeOutput ? ["output"] : [] });

export async function listWebhooks(client: PoolClient): Promise<Webhook[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${WEBHOOK} FROM webhook_endpoints WHERE tenant_id = current_tenant() ORDER BY created_at DESC, id DESC`,
  );
  return rows.map(shown);
}

/** Throws `not_found`. */
export async function readWebhook(client: PoolClient, id: string): Promise<Webhook> {
  const { rows } = await client.query<Row>(`SELECT ${WEBHOOK} FROM webhook_endpoints WHERE id = $1`, [id]);
  if (!rows[0]) throw new ApiError("not_found");
  return shown(rows[0]);
}

/** Stores a webhook with its first secret. Throws `limit_reached`, or an InvalidRequest for names that are not known. */
export async function createWebhook(
  client: PoolClient,
  input: WebhookInput,
  { tenant, keys }: { readonly tenant: string; readonly keys: SealingKeys },
): Promise<WebhookWithSecret> {
  // One at a time: two at once would both count what is there before.
  await client.query("SELECT pg_advisory_xact_lock(hashtext('webhooks'), hashtext($1))", [tenant]);
  const { rows: counted } = await client.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM webhook_endpoints WHERE tenant_id = current_tenant()",
  );
  if ((counted[0]?.count ?? 0) >= MAX_WEBHOOKS)
    throw new ApiError("limit_reached", `${MAX_WEBHOOKS} are allowed. Delete one.`);
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO webhook_endpoints (tenant_id, url, description, events, subjects, include_output)
      VALUES (current_tenant(), $1, $2, $3, $4, $5) RETURNING id`,
    await valuesOf(client, input),
  );
  const { id } = rows[0] as { id: string };
  const secret = await addSecret(client, id, { tenant, keys });
  return { webhook: await readWebhook(client, id), secret };
}

/** Changes what is given. Enabling it, or another URL, forgets that it failed. Throws `not_found`, or an InvalidRequest for names that are not known. */
export async function changeWebhook(client: PoolClient, id: string, changes: WebhookChanges): Promise<Webhook> {
  await lockWebhook(client, id);
  const current = await readWebhook(client, id);
  // A key that is left out is absent from the changes, and so keeps its value.
  const { enabled, ...input } = { ...current, ...(changes as Partial<Webhook>) };
  await client.query(
    `UPDATE webhook_endpoints SET url = $1, description = $2, events = $3, subjects = $4, include_output = $5,
        failing_since = CASE WHEN NOT $8 THEN failing_since END,
        disabled_at = CASE WHEN NOT $7 THEN coalesce(disabled_at, now()) END,
        disabled_reason = CASE WHEN NOT $7 THEN coalesce(disabled_reason, 'request') END
      WHERE id = $6`,
    [...(await valuesOf(client, input)), id, enabled, changes.enabled === true || changes.url !== undefined],
  );
  return readWebhook(client, id);
}

/**
 * Deletes a webhook with its secrets; its pending deliveries have failed. The log of deliveries is deleted by its age. Throws
 * `not_found`.
 */
export async function deleteWebhook(client: PoolClient, id: string): Promise<void> {
  const { rowCount } = await client.query("DELETE FROM webhook_endpoints WHERE id = $1", [id]);
  if (rowCount === 0) throw new ApiError("not_found");
  await client.query(
    `UPDATE webhook_deliveries SET state = 'failed', finished_at = now(), leased_until = NULL
      WHERE endpoint_id = $1 AND state = 'pending'`,
    [id],
  );
}

/** Gives a webhook a new secret. The one before signs too for a day, and older ones no longer. Throws `not_found`. */
export async function rotateSecret(
  client: PoolClient,
  id: string,
  sealing: { readonly tenant: string; readonly keys: SealingKeys },
): Promise<WebhookWithSecret> {
  await lockWebhook(client, id);
  await client.query("DELETE FROM webhook_secrets WHERE endpoint_id = $1 AND expires_at IS NOT NULL", [id]);
  await client.query(
    `UPDATE webhook_secrets SET expires_at = now() + make_interval(hours => ${OVERLAP_HOURS}) WHERE endpoint_id = $1`,
    [id],
  );
  const secret = await addSecret(client, id, sealing);
  return { webhook: await readWebhook(client, id), secret };
}

/** Throws `not_found`. */
async function lockWebhook(client: PoolClient, id: string): Promise<void> {
  const { rowCount } = await client.query("SELECT FROM webhook_endpoints WHERE id = $1 FOR UPDATE", [id]);
  if (rowCount === 0) throw new ApiError("not_found");
}

async function addSecret(
  client: PoolClient,
  endpoint: string,
  { tenant, keys }: { readonly tenant: string; readonly keys: SealingKeys },
): Promise<string> {
  const secret = createWebhookSecret();
  const { sealed, keyId } = keys.seal(secret, placeOf(tenant, endpoint));
  await client.query(
    "INSERT INTO webhook_secrets (tenant_id, endpoint_id, sealed, key_id) VALUES (current_tenant(), $1, $2, $3)",
    [endpoint, sealed, keyId],
  );
  return secret;
}

/** The columns url, description, events, subjects and include_output. */
async function valuesOf(
  client: PoolClient,
  input: Pick<Webhook, "url" | "description" | "events" | "prompts" | "workflows" | "include">,
): Promise<unknown[]> {
  const { url, description, events, prompts, workflows, include } = input;
  const found = [await findIds(client, "prompts", prompts), await findIds(client, "workflows", workflows)];
  const faults = found.flatMap((each) => each.faults);
  if (faults.length > 0) throw new InvalidRequest(faults);
  return [url, description, events, found.flatMap(({ ids }) => ids), include.length > 0];
}

async function findIds(
  client: PoolClient,
  table: "prompts" | "workflows",
  names: readonly string[],
): Promise<{ readonly ids: string[]; readonly faults: FieldFault[] }> {
  if (names.length === 0) return { ids: [], faults: [] };
  const { rows } = await client.query<{ id: string; name: string }>(
    `SELECT id, name FROM ${table} WHERE tenant_id = current_tenant() AND name = ANY ($1)`,
    [names],
  );
  const known = new Set(rows.map(({ name }) => name));
  const faults = names.flatMap((name, index) =>
    known.has(name) ? [] : [{ path: `body/${table}/${index}`, message: "does not exist" }],
  );
  return { ids: rows.map(({ id }) => id), faults };
}
