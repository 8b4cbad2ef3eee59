import type { PoolClient } from "pg";
import { z } from "zod";
import type { Api } from "../api.ts";
import { createKey, hashOf } from "../api-keys.ts";
import { type Caller, requireScopes, scopes } from "../caller.ts";
import { ApiError } from "../errors.ts";
import * as schemas from "../schemas.ts";

const apiKey = z
  .object({
    id: z.uuid(),
    name: z.string(),
    scopes: z.array(z.string()),
    createdBy: z
      .uuid()
      .nullable()
      .describe("The user who created the API key. Null if no user did, or if the user was erased."),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
    lastUsedOn: z.iso.date().nullable().describe("The day (UTC) on which the API key was last used."),
  })
  .meta({ id: "ApiKey" });
type ApiKey = z.output<typeof apiKey>;

const newKey = z
  .strictObject({
    name: z.string().min(1).max(100),
    scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
    expiresAt: z.iso
      .datetime()
      .optional()
      .describe("By default, the API key never expires. It must not expire later than the key that creates it."),
  })
  .meta({
    id: "NewApiKey",
    examples: [{ name: "ci", scopes: ["executions:write"], expiresAt: "2027-01-01T00:00:00Z" }],
  });

const KEY = `id, name, scopes, created_by AS "createdBy", created_at AS "createdAt", expires_at AS "expiresAt",
  revoked_at AS "revokedAt", to_char(last_used_on, 'YYYY-MM-DD') AS "lastUsedOn"`;

/** API keys of an organization. */
export function addApiKeyRoutes({ addRoute, database }: Api): void {
  addRoute({
    method: "POST",
    url: "/api-keys",
    audit: "api_key.create",
    access: "keys:write",
    schema: {
      operationId: "createApiKey",
      tags: ["api-keys"],
      summary: "Create an API key with scopes that the caller has",
      body: newKey,
      response: {
        201: z.object({ apiKey, key: z.string().describe("The API key. Shown only once: only its hash is stored.") }),
      },
    },
    handler: async ({ caller, body, audit }, reply) => {
      requireScopes(caller, body.scopes);
      const created = await database.asTenant(caller.tenant, async (client) => {
        const stored = await storeKey(client, caller, body);
        await audit.record(client, { object: stored.apiKey.id, details: { scopes: stored.apiKey.scopes } });
        return stored;
      });
      return reply.code(201).header("cache-control", "no-store").send(created);
    },
  });

  addRoute({
    method: "GET",
    url: "/api-keys",
    access: "keys:read",
    schema: {
      operationId: "listApiKeys",
      tags: ["api-keys"],
      summary: "List API keys, including revoked and expired ones, newest first",
      querystring: schemas.page,
      response: { 200: z.object({ apiKeys: z.array(apiKey) }) },
    },
    handler: async ({ caller, query: { limit, before } }) => {
      const { rows } = await database.asTenant(caller.tenant, (client) =>
        client.query<ApiKey>(
          `SELECT ${KEY} FROM api_keys
          WHERE tenant_id = current_tenant()
            AND ($2::uuid IS NULL OR (created_at, id) < (SELECT created_at, id FROM api_keys WHERE id = $2))
          ORDER BY created_at DESC, id DESC LIMIT $1`,
          [limit, before ?? null],
        ),
      );
      return { apiKeys: rows };
    },
  });

  addRoute({
    method: "POST",
    url: "/api-keys/:id/revoke",
    audit: "api_key.revoke",
    access: "keys:write",
    schema: {
      operationId: "revokeApiKey",
      tags: ["api-keys"],
      summary: "Revoke an API key and end its sessions",
      params: schemas.byId,
      response: { 200: apiKey },
    },
    handler: ({ caller, params: { id }, audit }) =>
      database.asTenant(caller.tenant, async (client) => {
        const { rows } = await client.query<ApiKey>(
          `UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING ${KEY}`,
          [id],
        );
        if (!rows[0]) throw new ApiError("not_found");
        await audit.record(client, { object: id });
        return rows[0];
      }),
  });
}

/** Stores a key. What a key creates belongs to who created that one, and expires with it at the latest. Throws an ApiError. */
async function storeKey(
  client: PoolClient,
  caller: Caller,
  { name, scopes: granted, expiresAt }: z.output<typeof newKey>,
): Promise<{ readonly apiKey: ApiKey; readonly key: string }> {
  const { rows: parents } = await client.query<{ user: string | null; expiresAt: string | null }>(
    caller.kind === "user"
      ? `SELECT id AS user, NULL::timestamptz AS "expiresAt" FROM users WHERE id = $1 FOR SHARE`
      : `SELECT created_by AS user, expires_at AS "expiresAt" FROM api_keys WHERE id = $1 AND revoked_at IS NULL FOR SHARE`,
    [caller.id],
  );
  const [parent] = parents;
  if (!parent) throw new ApiError("unauthenticated", "The API key was revoked, or the user removed.");
  if (expiresAt !== undefined && Date.parse(expiresAt) <= Date.now())
    throw new ApiError("invalid_request", `'expiresAt' is ${expiresAt}; it must be in the future.`);
  if (parent.expiresAt !== null && Date.parse(expiresAt ?? "9999-01-01") > Date.parse(parent.expiresAt))
    throw new ApiError(
      "forbidden",
      `The key that creates it expires at ${parent.expiresAt}. State 'expiresAt' of no later.`,
    );
  const key = createKey();
  const { rows } = await client.query<ApiKey>(
    `INSERT INTO api_keys (tenant_id, name, hash, scopes, expires_at, created_by)
      VALUES (current_tenant(), $1, $2, $3, $4, $5) RETURNING ${KEY}`,
    [name, hashOf(key), [...new Set(granted)].toSorted(), expiresAt ?? null, parent.user],
  );
  return { apiKey: rows[0] as ApiKey, key };
}
