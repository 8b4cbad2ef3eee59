import { z } from "zod";
import type { Database } from "../shared/database/pool.ts";
import type { Caller } from "./caller.ts";
import { ApiError } from "./errors.ts";
import { ExpiringCache } from "./expiring-cache.ts";
import { hashOf, KEY_PREFIX, MIN_KEY_LENGTH } from "./api-keys.ts";
import { type OpenSession, Sessions } from "./sessions.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** Milliseconds for which a key or session that was found is trusted. One that is revoked or ended elsewhere works for so long yet. */
const TRUSTED = 2_000;
const MAX_TRUSTED = 10_000;

const claims = z.object({ sid: z.uuid(), tenant: z.uuid() });

/** Tells callers by their API key, or by a token of a session that was made from one. */
export class Authentication {
  readonly #sessions: Sessions;
  /** Hashes of keys that were valid since this process started. */
  readonly #known = new Set<string>();
  readonly #trusted = new ExpiringCache<Caller>(TRUSTED, MAX_TRUSTED);

  constructor(
    private readonly database: Database,
    private readonly signingKeys: SigningKeys,
  ) {
    this.#sessions = new Sessions(database);
  }

  /**
   * The caller of a request with this Authorization header. With `knownKeysOnly`, keys that this process has never seen are refused
   * without a look into the database. Throws `unauthenticated`.
   */
  async caller(authorization: string | undefined, { knownKeysOnly = false } = {}): Promise<Caller> {
    const [, credential = ""] = /^Bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
    if (credential === "") throw new ApiError("unauthenticated", "Send 'Authorization: Bearer <API key or token>'.");
    return credential.startsWith(KEY_PREFIX)
      ? this.#callerOfKey(credential, knownKeysOnly)
      : this.callerOfToken(credential);
  }

  /** The caller who holds a token; a key is none, since what is sent in an address is written down on its way. */
  async callerOfToken(token: string): Promise<Caller> {
    const { data } = claims.safeParse(await this.signingKeys.verify(token));
    const caller = data && (await this.#callerOfSession(data.tenant, data.sid));
    if (!caller) throw new ApiError("unauthenticated", "The token is not valid, or no longer.");
    return caller;
  }

  /** Whether the key or session of a caller is still valid, though its token may have expired. */
  async isValid({ tenant, key, session }: Caller): Promise<boolean> {
    const found = session === undefined ? this.#callerOfKeyId(tenant, key) : this.#callerOfSession(tenant, session);
    return (await found) !== undefined;
  }

  /** Tokens of a new session of the caller's API key. Throws `unauthenticated` when it was revoked meanwhile. */
  async createSession(caller: Caller): Promise<Tokens> {
    return this.#tokensOf(await this.#sessions.create(caller));
  }

  /** The next tokens of a refresh token's session. Throws `unauthenticated`. */
  async refreshSession(refreshToken: string): Promise<Tokens> {
    return this.#tokensOf(await this.#sessions.refresh(refreshToken));
  }

  async endSession(tenant: string, session: string): Promise<void> {
    await this.#sessions.end({ tenant, session });
    this.#trusted.delete(session);
  }

  async #tokensOf({ id, tenant, ...refresh }: OpenSession): Promise<Tokens> {
    return { token: await this.signingKeys.sign({ sid: id, tenant }), ...refresh };
  }

  #callerOfSession(tenant: string, session: string): Promise<Caller | undefined> {
    return this.#trusted.get(session, () => this.#sessions.find(tenant, session));
  }

  #callerOfKeyId(tenant: string, key: string): Promise<Caller | undefined> {
    return this.#trusted.get(key, async () => {
      const { rows } = await this.database.asTenant(tenant, (client) =>
        client.query<Caller>(`${FIND_KEY} id = $1`, [key]),
      );
      return rows[0];
    });
  }

  async #callerOfKey(key: string, knownOnly: boolean): Promise<Caller> {
    const unknown = new ApiError("unauthenticated", "The API key is not known, or was revoked.");
    if (key.length < MIN_KEY_LENGTH) throw unknown;
    const hash = hashOf(key);
    const hex = hash.toString("hex");
    if (knownOnly && !this.#known.has(hex)) throw unknown;
    const caller = await this.#trusted.get(hex, async () => {
      const { rows } = await this.database.transaction(
        (client) => client.query<Caller>(`${FIND_KEY} hash = $1`, [hash]),
        // The policy shows a row to whoever brings its key. The hash is ours and hexadecimal.
        `BEGIN; SELECT set_config('promptops.key', '${hex}', true)`,
      );
      return rows[0];
    });
    if (!caller) throw unknown;
    if (this.#known.size >= MAX_TRUSTED) this.#known.clear();
    this.#known.add(hex);
    return caller;
  }
}

/** What a client gets of a session. */
export interface Tokens extends Pick<OpenSession, "refreshToken" | "refreshExpiresInSeconds"> {
  readonly token: string;
}

const FIND_KEY = "SELECT tenant_id AS tenant, id AS key, scopes FROM api_keys WHERE revoked_at IS NULL AND";
