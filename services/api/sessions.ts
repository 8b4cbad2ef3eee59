import { randomBytes } from "node:crypto";
import type { PoolClient } from "pg";
import type { Database } from "../shared/database/pool.ts";
import { hashOf } from "./api-keys.ts";
import type { Caller } from "./caller.ts";
import { ApiError } from "./errors.ts";

/** Hours after which a session that is not refreshed expires. */
const IDLE_HOURS = 24;
/** Days after which every session expires. */
const MAX_DAYS = 30;
/** Sessions that an API key may have at once. */
const MAX_PER_KEY = 1_000;
/** Seconds after which a key that has too many may ask again. */
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

/** Sessions in Postgres. Each belongs to an API key: it ends with the key, and may do what the key may. */
export class Sessions {
  constructor(private readonly database: Database) {}

  /** Throws `unauthenticated` when the key was revoked, and `too_many_sessions`. */
  create({ tenant, key }: Pick<Caller, "tenant" | "key">): Promise<OpenSession> {
    return this.database.asTenant(tenant, async (client) => {
      const { rows } = await client.query<{ full: boolean }>(
        `SELECT (
            SELECT count(*) FROM (
              SELECT FROM sessions WHERE api_key_id = $1 AND ended_at IS NULL AND expires_at > now() LIMIT ${MAX_PER_KEY}
            ) AS open
          ) >= ${MAX_PER_KEY} AS full
        FROM api_keys WHERE id = $1 AND revoked_at IS NULL`,
        [key],
      );
      if (!rows[0]) throw new ApiError("unauthenticated", "The API key was revoked.");
      if (rows[0].full) {
        const detail = `The API key has ${MAX_PER_KEY} sessions. End some with POST /logout, or refresh one.`;
        throw new ApiError("too_many_sessions", detail, FULL_RETRY_SECONDS);
      }
      const created = await client.query<{ id: string; seconds: number }>(
        `INSERT INTO sessions (tenant_id, api_key_id, expires_at) VALUES (current_tenant(), $1, ${expiryOf("now()")})
          RETURNING id, ${SECONDS_LEFT}`,
        [key],
      );
      const [{ id, seconds }] = created.rows as [{ id: string; seconds: number }];
      return { id, tenant, refreshToken: await addRefreshToken(client, id), refreshExpiresInSeconds: seconds };
    });
  }

  /**
   * Exchanges a refresh token for the next one. Throws `unauthenticated` for one that is unknown, expired or used. One that was used
   * before is in two hands, of which one is not its owner's: then the session ends.
   */
  async refresh(refreshToken: string): Promise<OpenSession> {
    if (!refreshToken.startsWith(REFRESH_PREFIX)) throw refused();
    const hash = hashOf(refreshToken);
    const open = await this.database.transaction(
      async (client) => {
        const { rows } = await client.query<{ id: string; tenant: string }>(
          `SELECT session_id AS id, tenant_id AS tenant, set_config('promptops.tenant', tenant_id::text, true)
            FROM refresh_tokens WHERE hash = $1`,
          [hash],
        );
        return rows[0] && exchange(client, hash, rows[0]);
      },
      // The policy shows a row to whoever brings its token. The hash is ours and hexadecimal.
      `BEGIN; SELECT set_config('promptops.refresh_token', '${hash.toString("hex")}', true)`,
    );
    // Thrown after the commit, which ends the session when the token was reused.
    if (!open) throw refused();
    return open;
  }

  /** Ends a session: its tokens and refresh tokens are refused from then on. */
  async end({ tenant, session }: { readonly tenant: string; readonly session: string }): Promise<void> {
    await this.database.asTenant(tenant, (client) => endSession(client, session));
  }

  /** The caller that a session stands for; undefined when it or its key is over. */
  async find(tenant: string, session: string): Promise<Caller | undefined> {
    const { rows } = await this.database.asTenant(tenant, (client) =>
      client.query<Caller>({
        name: "find-session",
        text: `SELECT sessions.tenant_id AS tenant, api_keys.id AS key, sessions.id AS session, scopes
          FROM sessions JOIN api_keys ON api_keys.id = api_key_id
          WHERE sessions.id = $1 AND ended_at IS NULL AND expires_at > now() AND revoked_at IS NULL`,
        values: [session],
      }),
    );
    return rows[0];
  }
}

const refused = (): ApiError =>
  new ApiError("unauthenticated", "The refresh token is unknown, expired or used. Make new tokens from the API key.");

/** The next refresh token; undefined when the session is over, or ends because its token was reused. */
async function exchange(
  client: PoolClient,
  hash: Buffer,
  { id, tenant }: { readonly id: string; readonly tenant: string },
): Promise<OpenSession | undefined> {
  // Two exchanges of one session wait for each other.
  const { rows } = await client.query<{ seconds: number }>(
    `UPDATE sessions SET expires_at = ${expiryOf("created_at")}
      WHERE id = $1 AND ended_at IS NULL AND expires_at > now()
        AND EXISTS (SELECT FROM api_keys WHERE api_keys.id = api_key_id AND revoked_at IS NULL)
      RETURNING ${SECONDS_LEFT}`,
    [id],
  );
  if (!rows[0]) return undefined;
  const used = await client.query("UPDATE refresh_tokens SET used_at = now() WHERE hash = $1 AND used_at IS NULL", [
    hash,
  ]);
  if (used.rowCount === 0) {
    await endSession(client, id);
    return undefined;
  }
  return { id, tenant, refreshToken: await addRefreshToken(client, id), refreshExpiresInSeconds: rows[0].seconds };
}

async function addRefreshToken(client: PoolClient, session: string): Promise<string> {
  const token = `${REFRESH_PREFIX}${randomBytes(REFRESH_BYTES).toString("base64url")}`;
  await client.query("INSERT INTO refresh_tokens (hash, session_id, tenant_id) VALUES ($1, $2, current_tenant())", [
    hashOf(token),
    session,
  ]);
  return token;
}

async function endSession(client: PoolClient, session: string): Promise<void> {
  await client.query("UPDATE sessions SET ended_at = now() WHERE id = $1 AND ended_at IS NULL", [session]);
}
