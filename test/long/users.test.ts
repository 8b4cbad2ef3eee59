import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { roles, scopesOfRole } from "../../services/api/roles.ts";
import { startStack, type Stack, type Tenant, tenantWith, until } from "../services/stack.ts";
import { accept, type Any, ended, newOrganization, PASSWORD } from "./organization.ts";

let stack: Stack;
let database: Client;
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await stack.stop();
});

const organization = (): ReturnType<typeof newOrganization> => newOrganization(stack);
const acceptWith = (invitation: string, password?: string): Promise<Any> => accept(stack, invitation, password);
const logIn = (organization: string, email: string, password = PASSWORD): Promise<Any> =>
  tenantWith(stack.url, "").call("POST", "/login", { organization, email, password });

describe("an invitation", () => {
  test("is accepted once with a password, which begins a session with the role's scopes", async () => {
    const { root } = await organization();
    const invited = await root.call("POST", "/users", { email: "Ada@Example.com", role: "viewer" });
    expect([invited.status, invited.headers.get("cache-control")]).toEqual([201, "no-store"]);
    expect(invited.body.user).toMatchObject({ email: "ada@example.com", role: "viewer", state: "invited" });
    const invitation = invited.body.invitation as string;
    const first = await acceptWith(invitation);
    expect(first.status).toBe(201);
    expect((await acceptWith(invitation)).body).toMatchObject({ status: 401, code: "invitation_invalid" });
    const viewer = tenantWith(stack.url, first.body.token as string);
    expect((await viewer.call("GET", "/prompts")).status).toBe(200);
    expect((await viewer.call("POST", "/prompts", {})).body).toMatchObject({
      ...{ status: 403, detail: "It needs the scope 'prompts:write'." },
    });
    expect((await root.call("GET", "/users")).body.users).toMatchObject([
      { state: "active", invitationExpiresAt: null },
    ]);
  });

  test("is accepted once when it comes several times at once", async () => {
    const { root } = await organization();
    const { body } = await root.call("POST", "/users", { email: "a@example.com", role: "viewer" });
    const answers = await Promise.all([1, 2, 3].map(() => acceptWith(body.invitation as string)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 401, 401]);
  });

  test("takes no short password, and is still good then", async () => {
    const { root } = await organization();
    const { body } = await root.call("POST", "/users", { email: "a@example.com", role: "viewer" });
    expect((await acceptWith(body.invitation as string, "fourteen chars")).body).toMatchObject({
      ...{ status: 400, faults: [{ path: "body/password" }] },
    });
    expect((await acceptWith(body.invitation as string)).status).toBe(201);
  });

  test("is void once it has expired, and once another one is made", async () => {
    const { root } = await organization();
    const { body: first } = await root.call("POST", "/users", { email: "a@example.com", role: "viewer" });
    const { body: second } = await root.call("POST", `/users/${first.user.id}/invitation`);
    expect((await acceptWith(first.invitation as string)).status).toBe(401);
    await database.query("UPDATE users SET invitation_expires_at = now() WHERE id = $1", [first.user.id]);
    expect((await acceptWith(second.invitation as string)).status).toBe(401);
    const { body: third } = await root.call("POST", `/users/${first.user.id}/invitation`);
    expect((await acceptWith(third.invitation as string)).status).toBe(201);
    expect((await root.call("POST", `/users/${first.user.id}/invitation`)).body).toMatchObject({
      ...{ status: 409, code: "already_accepted" },
    });
  });

  test("and a password are kept as hashes alone", async () => {
    const { root } = await organization();
    const { body } = await root.call("POST", "/users", { email: "a@example.com", role: "viewer" });
    const stored = async (): Promise<string> =>
      (await database.query<{ text: string }>("SELECT users::text AS text FROM users WHERE id = $1", [body.user.id]))
        .rows[0]?.text ?? "";
    expect(await stored()).not.toContain(body.invitation.slice(4));
    await acceptWith(body.invitation as string);
    expect(await stored()).not.toContain(PASSWORD);
    expect(await stored()).toContain("scrypt$16384$8$5$");
    const written = stack.lines.map(({ line }) => line).join("\n");
    expect(written).not.toMatch(new RegExp(`${PASSWORD}|${String(body.invitation)}|a@example.com`));
  });
});

describe("a login", () => {
  test("by password begins a session of the user, which logging out ends", async () => {
    const { name, user } = await organization();
    const { email } = await user("member");
    const { status, headers, body } = await logIn(name, email.toUpperCase());
    expect([status, headers.get("cache-control")]).toEqual([201, "no-store"]);
    const session = tenantWith(stack.url, body.token as string);
    expect((await session.call("GET", "/prompts")).status).toBe(200);
    expect((await session.call("POST", "/logout")).status).toBe(204);
    await ended(session);
  });

  test("is refused in the same words whatever is wrong", async () => {
    const { name, user, root } = await organization();
    const [{ email }, suspended] = [await user("member"), await user("member")];
    const invited = (await root.call("POST", "/users", { email: "invited@example.com", role: "member" })).body;
    expect(invited.user.state).toBe("invited");
    await root.call("PATCH", `/users/${suspended.id}`, { suspended: true });
    const other = await organization();
    const wrong = [
      await logIn(name, email, "another password of the tests"),
      await logIn(name, email, ""),
      await logIn(name, "nobody@example.com"),
      await logIn(name, "invited@example.com", ""),
      await logIn(name, suspended.email),
      await logIn(other.name, email),
      await logIn("no-organization", email),
    ];
    for (const { status, body } of wrong) {
      expect(status).toBe(401);
      expect(body).toEqual(wrong[0]?.body);
    }
  });

  test("is tried ten times a minute for a user, and then refused", async () => {
    const { name, user } = await organization();
    const { email } = await user("member");
    const wrong = await until("a login to be refused", async () => {
      const answer = await logIn(name, email, "wrong");
      return answer.status === 429 ? answer : undefined;
    });
    expect(wrong.body).toMatchObject({ code: "too_many_logins" });
    expect(Number(wrong.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("to a suspended organization says so to who has the password, and to nobody else", async () => {
    const { name, user } = await organization();
    const { email } = await user("member");
    await database.query("UPDATE tenants SET suspended_at = now() WHERE name = $1", [name]);
    expect((await logIn(name, email)).body).toMatchObject({ status: 403, code: "tenant_suspended" });
    expect((await logIn(name, email, "wrong")).body).toMatchObject({ status: 401, code: "login_failed" });
  });
});

describe("a role", () => {
  test.each(roles)("is told to its user, %s, with its scopes and no secret", async (role) => {
    const { name, user } = await organization();
    const { id, email, ...caller } = await user(role);
    expect((await caller.call("GET", "/users/me")).body).toEqual({
      ...{ id, email, role, createdAt: expect.any(String) as string },
      ...{ login: "password", scopes: [...scopesOfRole[role]] },
      organization: { id: expect.any(String) as string, name },
    });
  });

  test("has the scopes that docs/adr/0021 lists, and each has those of the ones below it", () => {
    expect(roles).toEqual(["owner", "administrator", "member", "viewer"]);
    for (const [index, role] of roles.entries())
      for (const below of roles.slice(index))
        expect(scopesOfRole[role]).toEqual(expect.arrayContaining([...scopesOfRole[below]]));
    expect(scopesOfRole.administrator).not.toContain("organization:export");
    expect(scopesOfRole.member).not.toContain("users:read");
  });

  test("is given, changed and taken by nobody who has less", async () => {
    const { user } = await organization();
    const [owner, administrator, member] = [await user("owner"), await user("administrator"), await user("member")];
    const forbidden = { status: 403, code: "forbidden", detail: "It needs the scope 'organization:export'." };
    const invitation = { email: "b@example.com", role: "owner" };
    expect((await administrator.call("POST", "/users", invitation)).body).toMatchObject(forbidden);
    expect((await administrator.call("PATCH", `/users/${administrator.id}`, { role: "owner" })).body).toMatchObject(
      forbidden,
    );
    expect((await administrator.call("PATCH", `/users/${owner.id}`, { suspended: true })).body).toMatchObject(
      forbidden,
    );
    expect((await administrator.call("DELETE", `/users/${owner.id}`)).body).toMatchObject(forbidden);
    expect((await member.call("GET", "/users")).status).toBe(403);
    expect((await administrator.call("PATCH", `/users/${member.id}`, { role: "administrator" })).status).toBe(200);
    await until("the role to be known", async () =>
      (await member.call("GET", "/users")).status === 200 ? true : undefined,
    );
  });

  test("of the last owner who can log in is kept, and so is the owner", async () => {
    const { root, user } = await organization();
    const [owner, second] = [await user("owner"), await user("owner")];
    // An invitation is no owner yet.
    await root.call("POST", "/users", { email: "invited@example.com", role: "owner" });
    expect((await root.call("PATCH", `/users/${second.id}`, { role: "member" })).status).toBe(200);
    const last = { status: 409, code: "last_owner" };
    expect((await root.call("PATCH", `/users/${owner.id}`, { role: "member" })).body).toMatchObject(last);
    expect((await root.call("PATCH", `/users/${owner.id}`, { suspended: true })).body).toMatchObject(last);
    expect((await root.call("DELETE", `/users/${owner.id}`)).body).toMatchObject(last);
    expect((await owner.call("GET", "/users")).status).toBe(200);
  });

  test("of two owners who remove each other at once is kept by one", async () => {
    const { user } = await organization();
    const [one, two] = [await user("owner"), await user("owner")];
    const answers = await Promise.all([one.call("DELETE", `/users/${two.id}`), two.call("DELETE", `/users/${one.id}`)]);
    expect(answers.map(({ status }) => status).toSorted()).not.toEqual([204, 204]);
    expect(answers.map(({ status }) => status)).toContain(204);
  });
});

describe("a user who is suspended or removed", () => {
  test("is refused within seconds, and a suspended one logs in again once it is resumed", async () => {
    const { name, root, user } = await organization();
    const member = await user("member");
    expect((await root.call("PATCH", `/users/${member.id}`, { suspended: true })).body).toMatchObject({
      state: "suspended",
    });
    await ended(member);
    expect((await logIn(name, member.email)).status).toBe(401);
    expect((await root.call("PATCH", `/users/${member.id}`, { suspended: false })).body).toMatchObject({
      state: "active",
    });
    expect((await logIn(name, member.email)).status).toBe(201);
  });

  test("has no key left, nor has a key that a key of the user created", async () => {
    const { root, user } = await organization();
    const [removed, suspended, stays] = [await user("administrator"), await user("administrator"), await user("owner")];
    const keyOf = async (creator: Tenant): Promise<Tenant> => {
      const { body } = await creator.call("POST", "/api-keys", {
        name: "a key",
        scopes: ["keys:write", "prompts:read"],
      });
      return tenantWith(stack.url, body.key as string);
    };
    const keys = [];
    for (const each of [removed, suspended]) {
      const key = await keyOf(each);
      keys.push(key, await keyOf(key));
    }
    const kept = await keyOf(stays);
    for (const key of keys) expect((await key.call("GET", "/prompts")).status).toBe(200);
    expect((await root.call("DELETE", `/users/${removed.id}`)).status).toBe(204);
    await root.call("PATCH", `/users/${suspended.id}`, { suspended: true });
    for (const key of keys) await ended(key);
    expect((await kept.call("GET", "/prompts")).status).toBe(200);
  });

  test("is named nowhere in the database once it is removed, but by an id in the records", async () => {
    const { name, root, user } = await organization();
    const owner = await user("owner");
    const member = await user("administrator");
    await logIn(name, member.email);
    await member.call("POST", "/api-keys", { name: "a key", scopes: ["prompts:read"] });
    expect((await root.call("DELETE", `/users/${member.id}`)).status).toBe(204);
    expect((await root.call("DELETE", `/users/${member.id}`)).status).toBe(404);
    const { rows: tables } = await database.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition",
    );
    const naming: string[] = [];
    for (const { name: table } of tables) {
      const sql = `SELECT FROM ${table} AS t WHERE t::text LIKE '%' || $1 || '%'`;
      expect((await database.query(sql, [member.email])).rowCount, table).toBe(0);
      if ((await database.query(sql, [member.id])).rowCount !== 0) naming.push(table);
    }
    expect(naming.toSorted()).toEqual(["audit_events", "erasures"]);
    expect((await owner.call("GET", "/users")).body.users).toMatchObject([{ id: owner.id }]);
  });
});
