import { decodeJwt, SignJWT } from "jose";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Answer, startStack, type Stack, type Tenant, tenantWith, until } from "../services/stack.ts";
import { type Issuer, startIssuer } from "./oidc-issuer.ts";
import { accept, ended, PASSWORD } from "./organization.ts";

const claims = (organization: unknown, roles: readonly string[], more: object = {}): object => ({
  ...{ email: "Ada@Example.com", email_verified: true, organization, realm_access: { roles } },
  ...more,
});
/** By subject. Keycloak has the roles of a realm under `realm_access.roles`. */
const accounts: Record<string, object> = {
  ada: claims("one", ["everyone", "promptops-viewer", "promptops-administrator"]),
  invited: claims("one", ["promptops-member"], { email: "invited@example.com" }),
  other: claims("one", ["promptops-owner"], { email: "ada@example.com" }),
  both: claims(["one", "two"], ["promptops-viewer"], { email: "both@example.com" }),
  suspended: claims("one", ["promptops-viewer"], { email: "suspended@example.com" }),
  demoted: claims("one", ["promptops-administrator"], { email: "demoted@example.com" }),
  unverified: claims("one", ["promptops-viewer"], { email: "u@example.com", email_verified: false }),
  colleague: claims("one", ["promptops-member"], { email: "colleague@example.com" }),
  roleless: claims("one", ["everyone", "constructor"], { email: "r@example.com" }),
  homeless: claims(undefined, ["promptops-viewer"], { email: "h@example.com" }),
  unknown: claims("no-organization", ["promptops-viewer"], { email: "n@example.com" }),
};

let issuer: Issuer;
let stack: Stack;
let one: Tenant;
let database: Client;
beforeAll(async () => {
  issuer = await startIssuer(accounts);
  vi.stubEnv(
    "PROMPTOPS_OIDC",
    JSON.stringify({
      ...{ issuer: issuer.url, audience: "promptops", rolesClaim: "realm_access.roles" },
      roles: {
        ...{ "promptops-owner": "owner", "promptops-administrator": "administrator" },
        ...{ "promptops-member": "member", "promptops-viewer": "viewer" },
      },
    }),
  );
  stack = await startStack({ workers: 0 });
  one = await stack.tenant("one");
  await stack.tenant("two");
  database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.end();
  await stack.stop();
  await issuer.stop();
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what no type leads to
const exchange = (token: string, organization?: string): Promise<Answer<any>> =>
  tenantWith(stack.url, "").call("POST", "/login/oidc", { token, organization });
const logIn = async (account: string, organization?: string): ReturnType<typeof exchange> =>
  exchange(await issuer.idToken(account), organization);
const usersOf = async (tenant: Tenant): Promise<Record<string, { id: string; role: string; state: string }>> => {
  const { users } = (await tenant.call("GET", "/users?limit=100")).body as {
    users: { id: string; email: string; role: string; state: string }[];
  };
  return Object.fromEntries(users.map((user) => [user.email, user]));
};

describe("a token of the issuer", () => {
  test("begins a session of a user who is added with the highest of its mapped roles, and is the same the next time", async () => {
    const { status, headers, body } = await logIn("ada");
    expect([status, headers.get("cache-control")]).toEqual([201, "no-store"]);
    const added = (await usersOf(one))["ada@example.com"];
    expect(added).toMatchObject({ role: "administrator", state: "active" });
    const session = tenantWith(stack.url, body.token as string);
    expect((await session.call("GET", "/users/me")).body).toMatchObject({ login: "oidc", role: "administrator" });
    expect((await session.call("GET", "/organization/export")).status).toBe(403);
    const { body: next } = await tenantWith(stack.url, "").call("POST", "/tokens/refresh", {
      refreshToken: body.refreshToken,
    });
    expect((await tenantWith(stack.url, next.token as string).call("GET", "/users")).status).toBe(200);
    expect((await logIn("ada")).status).toBe(201);
    expect((await usersOf(one))["ada@example.com"]?.id).toBe(added?.id);
  });

  test("is what an invitation waited for, which is void then", async () => {
    const { body } = await one.call("POST", "/users", { email: "invited@example.com", role: "viewer" });
    expect((await logIn("invited")).status).toBe(201);
    expect((await usersOf(one))["invited@example.com"]).toMatchObject({
      id: body.user.id,
      role: "member",
      state: "active",
    });
    const acceptance = { invitation: body.invitation, password: "a password of the tests" };
    expect((await tenantWith(stack.url, "").call("POST", "/invitations/accept", acceptance)).status).toBe(401);
  });

  test("takes the password and the sessions of a user who had logged in by one", async () => {
    const email = "colleague@example.com";
    const { body } = await one.call("POST", "/users", { email, role: "viewer" });
    const { body: before } = await accept(stack, body.invitation as string);
    const logInByPassword = async (): Promise<number> =>
      (await tenantWith(stack.url, "").call("POST", "/login", { organization: "one", email, password: PASSWORD }))
        .status;
    expect(await logInByPassword()).toBe(201);
    const { status, body: session } = await logIn("colleague");
    expect([status, (await usersOf(one))[email]?.id]).toEqual([201, body.user.id]);
    expect(await logInByPassword()).toBe(401);
    await ended(tenantWith(stack.url, before.token as string));
    expect((await tenantWith(stack.url, session.token as string).call("GET", "/prompts")).status).toBe(200);
    expect((await logIn("colleague")).status).toBe(201);
    expect((await tenantWith(stack.url, session.token as string).call("GET", "/prompts")).status).toBe(200);
  });

  test("opens each organization that it names, one at a time", async () => {
    expect((await logIn("both")).body).toMatchObject({
      ...{ status: 401, code: "issuer_token_refused" },
      detail: "Name one of its organizations as 'organization': one, two.",
    });
    expect((await logIn("both", "two")).status).toBe(201);
    expect((await logIn("both", "one")).status).toBe(201);
    expect((await logIn("ada", "two")).body).toMatchObject({ detail: "It opens no organization 'two'." });
  });

  test.each([
    ["other", "whose address is another user's", "It opens no organization 'one'."],
    ["unverified", "whose address nobody has verified", "It has no verified 'email'."],
    ["roleless", "without a role that is mapped", "Its 'realm_access.roles' names no role that is mapped to one here."],
    ["homeless", "without an organization", "Its 'organization' names no organization."],
    ["unknown", "of an organization that does not exist", "It opens no organization 'no-organization'."],
  ])("of %s, %s, opens nothing", async (account, _, detail) => {
    await logIn("ada");
    const before = await usersOf(one);
    expect((await logIn(account)).body).toMatchObject({ status: 401, code: "issuer_token_refused", detail });
    expect(await usersOf(one)).toEqual(before);
  });

  test("opens nothing for a user who is suspended here, nor in a suspended organization", async () => {
    await logIn("suspended");
    const { id } = (await usersOf(one))["suspended@example.com"] ?? {};
    await one.call("PATCH", `/users/${id}`, { suspended: true });
    expect((await logIn("suspended")).body).toMatchObject({ status: 401, code: "issuer_token_refused" });
    await database.query("UPDATE tenants SET suspended_at = now() WHERE name = 'two'");
    expect((await logIn("both", "two")).body).toMatchObject({ status: 403, code: "tenant_suspended" });
  });

  test("gives the role that the issuer says now, and revokes keys that exceed it", async () => {
    const { body } = await logIn("demoted");
    const created = await tenantWith(stack.url, body.token as string).call("POST", "/api-keys", {
      ...{ name: "x", scopes: ["users:read"] },
    });
    const key = tenantWith(stack.url, created.body.key as string);
    expect((await key.call("GET", "/users")).status).toBe(200);
    const less = { ...accounts, demoted: claims("one", ["promptops-viewer"], { email: "demoted@example.com" }) };
    const port = Number(new URL(issuer.url).port);
    await issuer.stop();
    issuer = await startIssuer(less, port);
    // The issuer has another key since then, which the API has to read.
    await until("the new key to be known", async () => ((await logIn("demoted")).status === 201 ? true : undefined));
    await until("the key to be revoked", async () =>
      (await key.call("GET", "/users")).status === 401 ? true : undefined,
    );
    expect((await usersOf(one))["demoted@example.com"]?.role).toBe("viewer");
  });

  test.each<[string, (token: string) => Promise<string> | string]>([
    ["for another client", () => issuer.idToken("ada", "other")],
    ["whose signature is another one's", (token) => `${token.slice(0, -6)}AAAAAA`],
    ["that nobody signed", (token) => `${Buffer.from('{"alg":"none"}').toString("base64url")}.${token.split(".")[1]}.`],
    [
      "that is signed with a secret",
      (token) => new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from("s".repeat(32))),
    ],
    ["that is none", () => "token"],
    ["that the API itself made", async () => (await one.call("POST", "/tokens")).body.token as string],
  ])("%s opens nothing", async (_, change) => {
    const token = await change(await issuer.idToken("ada"));
    expect((await exchange(token)).body).toMatchObject({ status: 401, code: "issuer_token_refused" });
  });

  test("opens no route but the login", async () => {
    expect((await tenantWith(stack.url, await issuer.idToken("ada")).call("GET", "/prompts")).status).toBe(401);
  });
});
