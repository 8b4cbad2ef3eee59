import { createHash, randomBytes } from "node:crypto";

export const KEY_PREFIX = "po_";
const KEY_BYTES = 32;
/** Characters of the shortest key: a shorter one was not made of so many random bytes, whoever stored its hash. */
export const MIN_KEY_LENGTH = KEY_PREFIX.length + Math.ceil((KEY_BYTES * 8) / 6);

export const createKey = (): string => `${KEY_PREFIX}${randomBytes(KEY_BYTES).toString("base64url")}`;

/** What is stored of an API key or refresh token: each has 256 random bits, so that a plain SHA-256 keeps it. */
export const hashOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();
