import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { ApiError } from "./errors.ts";

/** What OWASP's password storage cheat sheet asks of scrypt, in its variant with 16 MiB of memory. */
const COST = { N: 2 ** 14, r: 8, p: 5 } as const;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** Passwords that are hashed at once: each takes 16 MiB, and a thread that DNS and files wait for too. */
const MAX_AT_ONCE = 2;
/** Passwords that wait for that. */
const MAX_WAITING = 32;
const FULL_RETRY_SECONDS = 2;
/** `scrypt$<N>$<r>$<p>$<salt>$<hash>`, so that a later cost leaves what is stored readable. */
const STORED = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/;

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

const derive = promisify<string, Buffer, number, Cost, Buffer>(scrypt);
const waiting: (() => void)[] = [];
let hashing = 0;

/** What is stored of a password. Throws `too_many_logins` when too many passwords wait to be hashed. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await limited(() => derive(password.normalize("NFKC"), salt, HASH_BYTES, COST));
  return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString("base64url")}$${hash.toString("base64url")}`;
}

/**
 * Whether a password is the stored one. Without one it takes as long, and is false: who asks cannot tell whether a user exists. Throws
 * `too_many_logins` when too many passwords wait to be hashed.
 */
export async function verifyPassword(password: string, stored: string | null | undefined): Promise<boolean> {
  const [, N, r, p, salt = "", hash = ""] = STORED.exec(stored ?? NOBODYS) ?? [];
  const expected = Buffer.from(hash, "base64url");
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const found = await limited(() =>
    derive(password.normalize("NFKC"), Buffer.from(salt, "base64url"), expected.length, cost),
  );
  return timingSafeEqual(found, expected) && typeof stored === "string";
}

/** Costs what a user's password costs. */
const NOBODYS = `scrypt$${COST.N}$${COST.r}$${COST.p}$${"A".repeat(22)}$${"A".repeat(43)}`;

async function limited<Result>(work: () => Promise<Result>): Promise<Result> {
  if (hashing >= MAX_AT_ONCE) {
    if (waiting.length >= MAX_WAITING) throw new ApiError("too_many_logins", undefined, FULL_RETRY_SECONDS);
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else hashing += 1;
  try {
    return await work();
  } finally {
    // The place goes to who waits longest, if anybody does.
    const next = waiting.shift();
    if (next) next();
    else hashing -= 1;
  }
}
