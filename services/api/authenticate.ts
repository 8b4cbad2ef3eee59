import { z } from "zod";
import type { Database } from "../shared/database/pool.ts";
import { hashOf, KEY_PREFIX, MIN_KEY_LENGTH, OPERATOR_PREFIX } from "./api-keys.ts";
import type { Audit } from "./audit/request-audit.ts";
import type { Caller, Operator } from "./caller.ts";
import { ApiError } from "./errors.ts";
import { ExpiringCache } from "./expiring-cache.ts";
import { type FoundCaller, type OpenSession, Sessions } from "./sessions.ts";
import type { SigningKeys } from "./signing-keys.ts";
import { tenantSuspended } from "./suspension.ts";

/**
 * Milliseconds for which a key or session that was found is trusted. One that is revoked or ended elsewhere, or whose tenant is suspended,
 * works for so long yet.
 */
const TRUSTED = 2_000;
const MAX_TRUSTED = 10_000;

const claims = z.object({ sid: z.uuid(), tenant: z.uuid() });

/** Tells callers by their API key, or by a token of a session of a key or user, and operators by theirs. */
export class Authentication {
  readonly #sessions: Sessions;
  /** Hashes of keys that were valid since this process started. */
  readonly #known = new Set<string>();
  readonly #trusted = new ExpiringCache<FoundCaller>(TRUSTED, MAX_TRUSTED);
  readonly #operators = new ExpiringCache<Operator>(TRUSTED, MAX_TRUSTED);

  constructor(
    private readonly database: Database,
    private readonly signingKeys: SigningKeys,
  ) {
    this.#sessions = new Sessions(database);
  }

  /**
   * The caller of a request with this Authorization header. With `knownKeysOnly`, keys that this process has never seen are refused
   * without a look into the database. Throws `unauthenticated`, and `tenant_suspended`.
   */
  async caller(authorization: string | undefined, { knownKeysOnly = false } = {}): Promise<Caller | Operator> {
    const [, credential = ""] = /^Bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
    if (credential === "") throw new ApiError("unauthenticated", "Send 'Authorization: Bearer <API key or token>'.");
    if (credential.startsWith(OPERATOR_PREFIX))
      return this.#ofKey(credential, { knownKeysOnly, find: (hash) => this.#findOperator(hash) });
    if (!credential.startsWith(KEY_PREFIX)) return this.callerOfToken(credential);
    return usable(await this.#ofKey(credential, { knownKeysOnly, find: (hash) => this.#findKey(hash) }));
  }

  /** The caller who holds a token; a key is none, since what is sent in an address is written down on its way. */
  async callerOfToken(token: string): Promise<Caller> {
    const { data } = claims.safeParse(await this.signingKeys.verify(token));
    const caller = data && (await this.#callerOfSession(data.tenant, data.sid));
    if (!caller) throw new ApiError("unauthenticated", "The token is not valid, or no longer.");
    return usable(caller);
  }

  /** Whether the key or session of a caller is still valid, though its token may have expired, and its tenant is not suspended. */
  async isValid({ tenant, id, session }: Caller): Promise<boolean> {
    const found = await (session === undefined
      ? this.#callerOfKeyId(tenant, id)
      : this.#callerOfSession(tenant, session));
    return found !== undefined && !found.suspended;
  }

  /** Tokens of a new session of the caller's API key or of a user. Throws `unauthenticated` when it was revoked meanwhile. */
  async createSession(of: Pick<Caller, "tenant" | "kind" | "id">, audit: Audit): Promise<Tokens> {
    return this.#tokensOf(await this.#sessions.create(of, audit));
  }

  /** The next tokens of a refresh token's session. Throws `unauthenticated`, and `tenant_suspended`. */
  async refreshSession(refreshToken: string, audit: Audit): Promise<Tokens> {
    return this.#tokensOf(await this.#sessions.refresh(refreshToken, audit));
  }

  async endSession(tenant: string, session: string, audit: Audit): Promise<void> {
    await this.#sessions.end({ tenant, session }, audit);
    this.#trusted.delete(session);
  }

  async #tokensOf({ id, tenant, ...refresh }: OpenSession): Promise<Tokens> {
    return { token: await this.signingKeys.sign({ sid: id, tenant }), ...refresh };
  }

  #callerOfSession(tenant: string, session: string): Promise<FoundCaller | undefined> {
    return this.#trusted.get(session, () => this.#sessions.find(tenant, session));
  }

  #callerOfKeyId(tenant: string, key: string): Promise<FoundCaller | undefined> {
    return this.#trusted.get(key, async () => {
      const { rows } = await this.database.asTenant(tenant, (client) =>
        client.query<FoundCaller>(`${FIND_KEY} api_keys.id = $1`, [key]),
      );
      return rows[0];
    });
  }

  #findKey(hash: string): Promise<FoundCaller | undefined> {
    return this.#trusted.get(hash, async () => {
      const { rows } = await this.database.transaction(
        (client) => client.query<FoundCaller & { isNewDay: boolean }>(`${FIND_KEY} hash = decode($1, 'hex')`, [hash]),
        // The row-level policies show the rows of a key and its tenant to the key's bearer. The hash is computed here and hexadecimal.
        `BEGIN; SELECT set_config('promptops.key', '${hash}', true)`,
      );
      if (!rows[0]) return undefined;
      const { isNewDay, ...caller } = rows[0];
      if (isNewDay) await this.#noteUse(caller);
      return caller;
    });
  }

  /** Writes the day on which a key is used, once a day. */
  async #noteUse({ tenant, id }: Caller): Promise<void> {
    await this.database.asTenant(tenant, (client) =>
      client.query(`UPDATE api_keys SET last_used_on = ${TODAY} WHERE id = $1 AND ${IS_NEW_DAY}`, [id]),
    );
  }

  #findOperator(hash: string): Promise<Operator | undefined> {
    return this.#operators.get(hash, async () => {
      const { rows } = await this.database.transaction(
        (client) =>
          client.query<{ id: string }>(
            "SELECT id FROM operator_keys WHERE hash = decode($1, 'hex') AND revoked_at IS NULL",
            [hash],
          ),
        `BEGIN; SELECT set_config('promptops.operator_key', '${hash}', true)`,
      );
      return rows[0] && { kind: "operator", id: rows[0].id, hash };
    });
  }

  async #ofKey<Found>(key: string, { knownKeysOnly, find }: KeyLookup<Found>): Promise<Found> {
    const unknown = new ApiError("unauthenticated", "The API key is not known, or was revoked, or has expired.");
    if (key.length < MIN_KEY_LENGTH) throw unknown;
    const hash = hashOf(key).toString("hex");
    if (knownKeysOnly && !this.#known.has(hash)) throw unknown;
    const found = await find(hash);
    if (found === undefined) throw unknown;
    if (this.#known.size >= MAX_TRUSTED) this.#known.clear();
    this.#known.add(hash);
    return found;
  }
}

interface KeyLookup<Found> {
  readonly knownKeysOnly: boolean;
  readonly find: (hash: string) => Promise<Found | undefined>;
}

/** Throws `tenant_suspended`. */
function usable({ suspended, ...caller }: FoundCaller): Caller {
  if (suspended) throw tenantSuspended();
  return caller;
}

/** What a client gets of a session. */
export interface Tokens extends Pick<OpenSession, "refreshToken" | "refreshExpiresInSeconds"> {
  readonly token: string;
}

const TODAY = "(now() AT TIME ZONE 'UTC')::date";
const IS_NEW_DAY = `last_used_on IS DISTINCT FROM ${TODAY}`;
const FIND_KEY = `SELECT tenant_id AS tenant, 'key' AS kind, api_keys.id, scopes, suspended_at IS NOT NULL AS suspended,
    ${IS_NEW_DAY} AS "isNewDay"
  FROM api_keys JOIN tenants ON tenants.id = tenant_id
  WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) AND`;
