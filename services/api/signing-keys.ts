import { createHash } from "node:crypto";
import { errors as joseErrors, jwtVerify, type JWTPayload, SignJWT } from "jose";
import { UserError } from "../../platform/faults.ts";
import type { Log } from "../shared/runtime/log.ts";

/** The secret file with the keys. */
export const SIGNING_KEYS = "jwt-signing-key";
export const TOKEN_MINUTES = 15;

const ISSUER = "promptops";
const ALGORITHM = "HS512";
/** Characters of the shortest key. HS512 needs 64 bytes, and no encoding that Node.js offers has more bytes than characters. */
const MIN_KEY_LENGTH = 64;
/** Milliseconds for which a file that was read is trusted. */
const READ_AGAIN = 5_000;
const TOKEN_MILLISECONDS = TOKEN_MINUTES * 60_000;
/** `<key>`, or `<ISO 8601 time> <key>`. */
const LINE = /^(?:(\d{4}-\d{2}-\d{2}T\S+)\s+)?(\S+)$/;

export interface SigningKey {
  /** Names the key in the header of a token. It is made from the key, which it does not reveal. */
  readonly id: string;
  readonly bytes: Uint8Array;
  /** Milliseconds since the epoch from which it signs. */
  readonly from: number;
  /** Milliseconds since the epoch until which it verifies: the last token that it signed has expired then. */
  readonly until: number;
}

/**
 * Parses a file of signing keys, newest first, one per line: `<time> <key>`, or `<key>` alone, which signs from the beginning. A key
 * signs until the one above it does, and verifies for as long as a token lasts after that. Throws a UserError that names the line
 * and never the key.
 */
export function parseSigningKeys(text: string): SigningKey[] {
  const keys: SigningKey[] = [];
  for (const [index, line] of text.trim().split(/\r?\n/).entries()) {
    const fault = (rule: string): UserError => new UserError(`${SIGNING_KEYS}, line ${index + 1}: ${rule}`);
    const [, time, key = ""] = LINE.exec(line.trim()) ?? [];
    const from = time === undefined ? -Infinity : Date.parse(time);
    const above = keys.at(-1);
    if (key.length < MIN_KEY_LENGTH)
      throw fault(`a key must have at least ${MIN_KEY_LENGTH} characters. Make one with 'openssl rand -hex 64'.`);
    if (Number.isNaN(from)) throw fault("the time must be in ISO 8601, such as 2026-01-01T12:00:00Z.");
    if (above && from >= above.from)
      throw fault("its time must be before that of the line above. Put the newest key first.");
    const until = above ? above.from + TOKEN_MILLISECONDS : Infinity;
    keys.push({ id: idOf(key), bytes: new TextEncoder().encode(key), from, until });
  }
  return keys;
}

const idOf = (key: string): string => createHash("sha256").update(`kid ${key}`).digest("base64url").slice(0, 16);

/** Signs and verifies with the keys of a file, which it reads again every five seconds: a rotated file needs no restart. */
export class SigningKeys {
  #keys: readonly SigningKey[];
  #readAgainAt: number;

  /** Throws what `parseSigningKeys` throws. Later, a file that is invalid is logged, and the keys before it stay. */
  constructor(
    private readonly read: () => string,
    private readonly log: Pick<Log, "error">,
    private readonly now: () => number = Date.now,
  ) {
    this.#keys = parseSigningKeys(read());
    this.#readAgainAt = now() + READ_AGAIN;
  }

  sign(claims: JWTPayload): Promise<string> {
    const now = this.now();
    const key = this.#current().find(({ from }) => from <= now);
    if (!key) throw new Error(`No key of '${SIGNING_KEYS}' signs yet. Put one with an earlier time under the others.`);
    const seconds = Math.floor(now / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: key.id })
      .setIssuer(ISSUER)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + TOKEN_MINUTES * 60)
      .sign(key.bytes);
  }

  /** The claims of a token that one of the keys signed and that has not expired; undefined for any other. */
  async verify(token: string): Promise<JWTPayload | undefined> {
    const now = this.now();
    const keys = this.#current().filter(({ until }) => until > now);
    try {
      const { payload } = await jwtVerify(
        token,
        ({ kid }) => keys.find(({ id }) => id === kid)?.bytes ?? Promise.reject(new joseErrors.JWKSNoMatchingKey()),
        { issuer: ISSUER, algorithms: [ALGORITHM], requiredClaims: ["exp", "iat"], currentDate: new Date(now) },
      );
      return payload;
    } catch (error) {
      if (error instanceof joseErrors.JOSEError) return undefined;
      throw error;
    }
  }

  #current(): readonly SigningKey[] {
    const now = this.now();
    if (now < this.#readAgainAt) return this.#keys;
    this.#readAgainAt = now + READ_AGAIN;
    try {
      this.#keys = parseSigningKeys(this.read());
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.log.error({ reason }, "the signing keys cannot be read; the ones before stay in use");
    }
    return this.#keys;
  }
}
