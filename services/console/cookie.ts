import { createHash } from "node:crypto";
import { EncryptJWT, errors as joseErrors, jwtDecrypt } from "jose";
import { UserError } from "../../platform/faults.ts";
import { COOKIE_KEYS } from "./service.ts";

/** Browsers take a cookie with this prefix only with `Secure`, `Path=/` and no `Domain`, so no other host can set it. */
export const COOKIE = "__Host-session";
/** Characters of the shortest key: 32 bytes in base64url. */
const MIN_KEY_LENGTH = 43;

/** What the cookie holds. Only this service can read it. */
export interface Session {
  readonly organization: string;
  readonly email: string;
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly tokenExpiresAt: number;
  readonly refreshToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

interface CookieKey {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/**
 * Encrypts sessions as JWE (`dir`, A256GCM) with the first key of a file, and decrypts with all of its keys, one per line. The file is
 * read each time, so a rotated file needs no restart.
 */
export class CookieKeys {
  /** `read` returns the file's text. */
  constructor(private readonly read: () => string) {}

  /** Throws a UserError that names the file and the line, and never a key. */
  seal({ expiresAt, ...claims }: Session): Promise<string> {
    const [key] = this.#keys() as [CookieKey, ...CookieKey[]];
    return new EncryptJWT(claims)
      .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: key.id })
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .encrypt(key.bytes);
  }

  /** The session in a value of the cookie; undefined if it has expired, was changed, or none of the keys encrypted it. */
  async open(value: string): Promise<Session | undefined> {
    const keys = this.#keys();
    try {
      const { payload } = await jwtDecrypt<Omit<Session, "expiresAt">>(
        value,
        ({ kid }) => keys.find(({ id }) => id === kid)?.bytes ?? Promise.reject(new joseErrors.JWKSNoMatchingKey()),
        { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"], requiredClaims: ["exp"] },
      );
      const { organization, email, token, tokenExpiresAt, refreshToken, exp = 0 } = payload;
      return { organization, email, token, tokenExpiresAt, refreshToken, expiresAt: exp * 1000 };
    } catch (error) {
      if (error instanceof joseErrors.JOSEError) return undefined;
      throw error;
    }
  }

  #keys(): CookieKey[] {
    const lines = this.read()
      .trim()
      .split(/\s*\r?\n\s*/);
    const short = lines.findIndex((line) => line.length < MIN_KEY_LENGTH);
    if (short < 0)
      return lines.map((line) => ({
        id: digest(`kid ${line}`).toString("base64url").slice(0, 16),
        bytes: digest(line),
      }));
    throw new UserError(
      `${COOKIE_KEYS}, line ${short + 1}: a key must have at least ${MIN_KEY_LENGTH} characters. Make one with 'openssl rand -hex 32'.`,
    );
  }
}

/** A line is random text of any length; the cipher takes 256 bits. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict";

export const setCookie = (value: string, { expiresAt }: Session): string =>
  `${COOKIE}=${value}; ${ATTRIBUTES}; Max-Age=${Math.max(0, Math.floor((expiresAt - Date.now()) / 1000))}`;

export const removeCookie = `${COOKIE}=; ${ATTRIBUTES}; Max-Age=0`;

/** The value of the session's cookie in the header of a request. */
export function readCookie(header: string | undefined): string | undefined {
  const pairs = (header ?? "").split(/;\s*/).map((pair) => pair.split("="));
  return pairs.find(([name]) => name === COOKIE)?.[1];
}
