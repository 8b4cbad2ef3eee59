import { createHash, randomBytes } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import type { Database } from "../shared/database/pool.ts";
import { ApiError } from "./errors.ts";

export const scopes = ["prompts:read", "prompts:write", "executions:read", "executions:write"] as const;
export type Scope = (typeof scopes)[number];

/** Who sent a request, and what it may do. */
export interface Caller {
  readonly tenant: string;
  readonly key: string;
  readonly scopes: readonly string[];
}

const KEY_PREFIX = "po_";
const KEY_BYTES = 32;
/** Characters of the shortest key: a shorter one was not made of so many random bytes, whoever stored its hash. */
const MIN_KEY_LENGTH = KEY_PREFIX.length + Math.ceil((KEY_BYTES * 8) / 6);
const ISSUER = "promptops";
const ALGORITHM = "HS512";
export const TOKEN_MINUTES = 15;
/** Milliseconds for which a key that was found is believed. A key that is revoked works for so long yet. */
const REMEMBERED = 10_000;
const MAX_REMEMBERED = 10_000;

export const createKey = (): string => `${KEY_PREFIX}${randomBytes(KEY_BYTES).toString("base64url")}`;
export const hashOf = (key: string): Buffer => createHash("sha256").update(key).digest();

const claims = z.object({ sub: z.string(), tenant: z.uuid(), scopes: z.array(z.string()) });

/** Tells callers by their API key or by a token that was made from one. */
export class Authentication {
  readonly #signingKey: Uint8Array;
  readonly #remembered = new Map<string, { caller: Caller; until: number }>();

  constructor(
    private readonly database: Database,
    signingKey: string,
  ) {
    this.#signingKey = new TextEncoder().encode(signingKey);
  }

  /** The caller of a request with this Authorization header. Throws `unauthenticated`. */
  async caller(authorization: string | undefined): Promise<Caller> {
    const [, credential = ""] = /^Bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
    if (credential === "") throw new ApiError("unauthenticated", "Send 'Authorization: Bearer <API key or token>'.");
    return credential.startsWith(KEY_PREFIX) ? this.#callerOfKey(credential) : this.callerOfToken(credential);
  }

  /** A token with which a browser may open a WebSocket: it lasts for minutes and can do no more than its caller. */
  issueToken({ tenant, key, scopes: granted }: Caller): Promise<string> {
    return new SignJWT({ tenant, scopes: granted })
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuer(ISSUER)
      .setSubject(key)
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_MINUTES}m`)
      .sign(this.#signingKey);
  }

  /** The caller who holds a token; a key is none, since what is sent in an address is written down on its way. */
  async callerOfToken(token: string): Promise<Caller> {
    try {
      const { payload } = await jwtVerify(token, this.#signingKey, { issuer: ISSUER, algorithms: [ALGORITHM] });
      const { sub, tenant, scopes: granted } = claims.parse(payload);
      return { tenant, key: sub, scopes: granted };
    } catch {
      throw new ApiError("unauthenticated", "The token is not valid, or no longer.");
    }
  }

  async #callerOfKey(key: string): Promise<Caller> {
    if (key.length < MIN_KEY_LENGTH) throw unknownKey();
    const hash = hashOf(key).toString("hex");
    const remembered = this.#remembered.get(hash);
    if (remembered && remembered.until > Date.now()) return remembered.caller;
    const { rows } = await this.database.transaction(
      (client) =>
        client.query<Caller>(
          "SELECT tenant_id AS tenant, id AS key, scopes FROM api_keys WHERE hash = $1 AND revoked_at IS NULL",
          [Buffer.from(hash, "hex")],
        ),
      // The policy shows a row to whoever brings its key. The hash is ours and hexadecimal.
      `BEGIN; SELECT set_config('promptops.key', '${hash}', true)`,
    );
    const [caller] = rows;
    if (!caller) throw unknownKey();
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(hash, { caller, until: Date.now() + REMEMBERED });
    return caller;
  }
}

const unknownKey = (): ApiError => new ApiError("unauthenticated", "The API key is not known, or was revoked.");

export function requireScope({ scopes: granted }: Caller, scope: Scope): void {
  if (!granted.includes(scope)) throw new ApiError("forbidden", `It needs the scope '${scope}'.`);
}
