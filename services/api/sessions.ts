import { randomBytes } from "node:crypto";
import type { PoolClient } from "pg";
import type { Database } from "../shared/database/pool.ts";
import { hashOf } from "./api-keys.ts";
import type { Actor } from "./audit/actions.ts";
import type { Audit } from "./audit/request-audit.ts";
import type { Caller } from "./caller.ts";
import { ApiError } from "./errors.ts";
import { refuseSuspended } from "./suspension.ts";
import { type Role, scopesOfRole } from "./roles.ts";

/** Hours after which a session that is not refreshed expires. */
const IDLE_HOURS = 24;
/** Days after which every session expires. */
const MAX_DAYS = 30;
/** Sessions that an API key or a user may have at once. */
const MAX_SESSIONS = 1_000;
/** Seconds after which a user with too many sessions may try again. */
const FULL_RETRY_SECONDS = 60;
const REFRESH_PREFIX = "por_";
const REFRESH_BYTES = 32;

/** A session that was just created or refreshed. */
export interface OpenSession {
  readonly id: string;
  readonly tenant: string;
  /** Good for one exchange. */
  readonly refreshToken: string;
  readonly refreshExpiresInSeconds: number;
}

/** When a session that is used now expires, at the latest `MAX_DAYS` after it was created. */
const expiryOf = (created: string): string =>
  `least(now() + interval '${IDLE_HOURS} hours', ${created} + interval '${MAX_DAYS} days')`;
const SECONDS_LEFT = "floor(extract(epoch FROM expires_at - now()))::int AS seconds";

/** Whom a session may be of, by kind: its column in `sessions`, its table, and what holds while it may have sessions. */
const holders = {
  key: {
    column: "api_key_id",
    valid:
      "FROM api_keys WHERE api_keys.id = api_key_id AND revoked_at IS NULL AND (api_keys.expires_at IS NULL OR api_keys.expires_at > now())",
  },
  user: { column: "user_id", valid: "FROM users WHERE users.id = user_id AND users.suspended_at IS NULL" },
} as const;

const HOLDER_IS_VALID = `(EXISTS (SELECT ${holders.key.valid}) OR EXISTS (SELECT ${holders.user.valid}))`;

/** Sessions in Postgres. Each belongs to an API key or a user: it ends with the key or user, and may do what they may. */
export class Sessions {
  constructor(private readonly database: Database) {}

  /** Throws `unauthenticated` when the key was revoked or the user suspended, and `too_many_sessions`. */
  create({ tenant, kind, id }: Pick<Caller, "tenant" | "kind" | "id">, audit: Audit): Promise<OpenSession> {
    return this.database.asTenant(tenant, async (client) => {
      const session = await createSession(client, tenant, { kind, id });
      await audit.record(client, { tenant, actor: { kind, id }, action: "session.create", object: session.id });
      return session;
    });
  }

  /**
   * Exchanges a refresh token for the next one. Throws `unauthenticated` for one that is unknown, expired or used. One that was used
   * before is in two hands, of which one is not its owner's: then the session ends. Throws `tenant_suspended`, and the token stays good.
   */
  async refresh(refreshToken: string, audit: Audit): Promise<OpenSession> {
    if (!refreshToken.startsWith(REFRESH_PREFIX)) throw refused();
    const hash = hashOf(refreshToken);
    const open = await this.database.transaction(
      async (client) => {
        const { rows } = await client.query<{ id: string; tenant: string }>(
          `SELECT session_id AS id, tenant_id AS tenant, set_config('promptops.tenant', tenant_id::text, true)
            FROM refresh_tokens WHERE hash = $1`,
          [hash],
        );
        if (!rows[0]) return undefined;
        await refuseSuspended(client);
        return exchange(client, hash, { ...rows[0], audit });
      },
      // The row-level policy shows a row to the bearer of its token. The hash is computed here and hexadecimal.
      `BEGIN; SELECT set_config('promptops.refresh_token', '${hash.toString("hex")}', true)`,
    );
    // Thrown after the commit, which ends the session when the token was reused.
    if (!open) throw refused();
    return open;
  }

  /** Ends a session: its tokens and refresh tokens are refused from then on. */
  async end({ tenant, session }: { readonly tenant: string; readonly session: string }, audit: Audit): Promise<void> {
    await this.database.asTenant(tenant, async (client) => {
      await endSession(client, session);
      await audit.record(client, { object: session });
    });
  }

  /** The caller that a session stands for; undefined when it, or its key or user, is over. */
  async find(tenant: string, session: string): Promise<FoundCaller | undefined> {
    const { rows } = await this.database.asTenant(tenant, (client) =>
      client.query<Omit<FoundCaller, "scopes"> & { readonly role: Role | null; readonly keyScopes: readonly string[] }>(
        {
          name: "find-session",
          text: `SELECT sessions.tenant_id AS tenant, CASE WHEN role IS NULL THEN 'key' ELSE 'user' END AS kind,
            coalesce(api_key_id, user_id) AS id, sessions.id AS session, role, api_keys.scopes AS "keyScopes",
            tenants.suspended_at IS NOT NULL AS suspended
          FROM sessions JOIN tenants ON tenants.id = sessions.tenant_id
          LEFT JOIN api_keys ON api_keys.id = api_key_id LEFT JOIN users ON users.id = user_id
          WHERE sessions.id = $1 AND ended_at IS NULL AND sessions.expires_at > now() AND ${HOLDER_IS_VALID}`,
          values: [session],
        },
      ),
    );
    if (!rows[0]) return undefined;
    const { role, keyScopes, ...caller } = rows[0];
    return { ...caller, scopes: role === null ? keyScopes : scopesOfRole[role] };
  }
}

/** A caller as Postgres knows it. */
export interface FoundCaller extends Caller {
  /** Whether its tenant is suspended. */
  readonly suspended: boolean;
}

async function createSession(
  client: PoolClient,
  tenant: string,
  { kind, id: holder }: Pick<Caller, "kind" | "id">,
): Promise<OpenSession> {
  const { column, valid } = holders[kind];
  const { rows } = await client.query<{ full: boolean }>(
    `SELECT (
        SELECT count(*) FROM (
          SELECT FROM sessions WHERE ${column} = $1 AND ended_at IS NULL AND expires_at > now() LIMIT ${MAX_SESSIONS}
        ) AS open
      ) >= ${MAX_SESSIONS} AS full
    FROM (SELECT $1::uuid AS ${column}) AS given WHERE EXISTS (SELECT ${valid})`,
    [holder],
  );
  if (!rows[0]) throw new ApiError("unauthenticated", "The API key was revoked, or the user suspended.");
  if (rows[0].full) {
    const detail = `${MAX_SESSIONS} sessions are open. End some with POST /logout, or refresh one.`;
    throw new ApiError("too_many_sessions", detail, FULL_RETRY_SECONDS);
  }
  const created = await client.query<{ id: string; seconds: number }>(
    `INSERT INTO sessions (tenant_id, ${column}, expires_at) VALUES (current_tenant(), $1, ${expiryOf("now()")})
      RETURNING id, ${SECONDS_LEFT}`,
    [holder],
  );
  const [{ id, seconds }] = created.rows as [{ id: string; seconds: number }];
  return { id, tenant, refreshToken: await addRefreshToken(client, id), refreshExpiresInSeconds: seconds };
}

const refused = (): ApiError =>
  new ApiError("unauthenticated", "The refresh token is unknown, expired or used. Begin another session.");

/** The next refresh token; undefined when the session is over, or ends because its token was reused. */
async function exchange(
  client: PoolClient,
  hash: Buffer,
  { id, tenant, audit }: { readonly id: string; readonly tenant: string; readonly audit: Audit },
): Promise<OpenSession | undefined> {
  // Two exchanges of one session wait for each other.
  const { rows } = await client.query<Actor & { seconds: number }>(
    `UPDATE sessions SET expires_at = ${expiryOf("created_at")}
      WHERE id = $1 AND ended_at IS NULL AND expires_at > now()
        AND ${HOLDER_IS_VALID}
      RETURNING CASE WHEN user_id IS NULL THEN 'key' ELSE 'user' END AS kind, coalesce(api_key_id, user_id) AS id, ${SECONDS_LEFT}`,
    [id],
  );
  if (!rows[0]) return undefined;
  const { seconds, ...actor } = rows[0];
  const recorded = { tenant, actor, object: id };
  const used = await client.query("UPDATE refresh_tokens SET used_at = now() WHERE hash = $1 AND used_at IS NULL", [
    hash,
  ]);
  if (used.rowCount === 0) {
    await endSession(client, id);
    await audit.record(client, { ...recorded, reason: "unauthenticated", details: { endedSessions: 1 } });
    return undefined;
  }
  await audit.record(client, recorded);
  return { id, tenant, refreshToken: await addRefreshToken(client, id), refreshExpiresInSeconds: seconds };
}

async function addRefreshToken(client: PoolClient, session: string): Promise<string> {
  const token = `${REFRESH_PREFIX}${randomBytes(REFRESH_BYTES).toString("base64url")}`;
  await client.query("INSERT INTO refresh_tokens (hash, session_id, tenant_id) VALUES ($1, $2, current_tenant())", [
    hashOf(token),
    session,
  ]);
  return token;
}

/** Ends the sessions of a user, all but one if that is given; returns how many. */
export async function endSessionsOf(client: PoolClient, user: string, butOne?: string): Promise<number> {
  const { rowCount } = await client.query(
    "UPDATE sessions SET ended_at = now() WHERE user_id = $1 AND ended_at IS NULL AND expires_at > now() AND id IS DISTINCT FROM $2",
    [user, butOne ?? null],
  );
  return rowCount ?? 0;
}

async function endSession(client: PoolClient, session: string): Promise<void> {
  await client.query("UPDATE sessions SET ended_at = now() WHERE id = $1 AND ended_at IS NULL", [session]);
}
