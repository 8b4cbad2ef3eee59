import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeJwt, SignJWT } from "jose";
import { Client } from "pg";
import { parseSigningKeys, SIGNING_KEYS } from "../../services/api/signing-keys.ts";
import { type Stack, type Tenant, tenantWith, until } from "./stack.ts";

/** The id of no session. */
const NOBODYS = "00000000-0000-4000-8000-000000000000";

interface Tokens {
  readonly token: string;
  readonly refreshToken: string;
}

/** The tokens of a new session of a tenant's key. */
export const newSession = async (tenant: Tenant): Promise<Tokens> =>
  (await tenant.call<Tokens>("POST", "/tokens")).body;

/** Credentials that were valid, or are nearly valid, by what is wrong with them. Each is refused when this resolves. */
export async function invalidCredentials(stack: Stack): Promise<Map<string, string>> {
  const tenant = await stack.tenant("invalid");
  const revoked = await stack.tenant("invalid, revoked");
  const ofRevoked = await newSession(revoked);
  const [live, loggedOut, reused] = await Promise.all([newSession(tenant), newSession(tenant), newSession(tenant)]);

  const expired = await stack.tenant("invalid, expired");
  const ofExpired = await newSession(expired);
  await endKeys(stack, "invalid, revoked", "revoked_at");
  await endKeys(stack, "invalid, expired", "expires_at");
  await tenantWith(stack.url, loggedOut.token).call("POST", "/logout");
  for (const status of [200, 401]) {
    const answer = await tenantWith(stack.url, "").call("POST", "/tokens/refresh", {
      refreshToken: reused.refreshToken,
    });
    if (answer.status !== status) throw new Error(`refreshing answered ${answer.status} instead of ${status}`);
  }
  const found = new Map([
    ["revoked key", revoked.key],
    ["token of a revoked key", ofRevoked.token],
    ["expired key", expired.key],
    ["token of an expired key", ofExpired.token],
    ["token of a session that was logged out", loggedOut.token],
    ["token of a session whose refresh token was reused", reused.token],
    ["refresh token", live.refreshToken],
    ["expired token", await signedLike(live.token, ownKey(stack), { minutes: -1 })],
    ["token without an expiry", await signedLike(live.token, ownKey(stack))],
    ["token that another issuer signed", await signedLike(live.token, foreignKey(ownKey(stack).id), { minutes: 15 })],
    [
      "token of a session that does not exist",
      await signedLike(live.token, ownKey(stack), { minutes: 15, sid: NOBODYS }),
    ],
  ]);
  // Proves that what is wrong with the tokens above is what their names say.
  const valid = await signedLike(live.token, ownKey(stack), { minutes: 15 });
  if ((await statusOf(stack, valid)) !== 200)
    throw new Error("a token that the test signs like the API's is not valid");
  for (const [name, credential] of found)
    await until(`${name} to be refused`, async () => ((await statusOf(stack, credential)) === 401 ? true : undefined));
  return found;
}

const statusOf = async (stack: Stack, credential: string): Promise<number> =>
  (await tenantWith(stack.url, credential).call("GET", "/prompts")).status;

type Key = Pick<ReturnType<typeof parseSigningKeys>[number], "id" | "bytes">;

function ownKey(stack: Stack): Key {
  const [key] = parseSigningKeys(readFileSync(join(stack.secrets, SIGNING_KEYS), "utf8"));
  if (!key) throw new Error(`${stack.secrets} has no signing key`);
  return key;
}

const foreignKey = (id: string): Key => ({ id, bytes: new TextEncoder().encode("f".repeat(86)) });

/** A token with the claims of another one, but for those that are given. */
function signedLike(
  token: string,
  { id, bytes }: Key,
  { minutes, sid }: { minutes?: number; sid?: string } = {},
): Promise<string> {
  const { exp, ...claims } = decodeJwt(token);
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    ...claims,
    ...(sid !== undefined && { sid }),
    ...(minutes !== undefined && { exp: now + minutes * 60 }),
  })
    .setProtectedHeader({ alg: "HS512", kid: id })
    .sign(bytes);
}

async function endKeys({ platform }: Stack, tenant: string, column: "expires_at" | "revoked_at"): Promise<void> {
  const client = new Client({ connectionString: platform.databaseUrl });
  await client.connect();
  await client.query(
    `UPDATE api_keys SET ${column} = now() WHERE tenant_id = (SELECT id FROM tenants WHERE name = $1)`,
    [tenant],
  );
  await client.end();
}
