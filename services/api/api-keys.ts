import { createHash, randomBytes } from "node:crypto";

export const KEY_PREFIX = "po_";
export const OPERATOR_PREFIX = "poa_";
const INVITATION_PREFIX = "poi_";
const KEY_BYTES = 32;
/** Characters of the shortest key. A shorter one cannot have enough random bytes, regardless of who stored its hash. */
export const MIN_KEY_LENGTH = KEY_PREFIX.length + Math.ceil((KEY_BYTES * 8) / 6);

const createSecret = (prefix: string): string => `${prefix}${randomBytes(KEY_BYTES).toString("base64url")}`;

export const createKey = (): string => createSecret(KEY_PREFIX);
export const createOperatorKey = (): string => createSecret(OPERATOR_PREFIX);
export const createInvitation = (): string => createSecret(INVITATION_PREFIX);

/** What is stored of such a secret or a refresh token: each has 256 random bits, so that a plain SHA-256 keeps it. */
export const hashOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();
