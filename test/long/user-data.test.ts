import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startStack, type Stack, type Tenant, tenantWith } from "../services/stack.ts";
import { executeWorkflow, letWait, storeWorkflow } from "../services/workflow-calls.ts";
import { accept, type Any, ended, newOrganization, PASSWORD, type User } from "./organization.ts";

const ANOTHER = "another password of the tests";

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

const logIn = (organization: string, { email }: User, password: string): Promise<Any> =>
  tenantWith(stack.url, "").call("POST", "/login", { organization, email, password });

const change = (user: Tenant, currentPassword: string, newPassword: string): Promise<Any> =>
  user.call("PUT", "/users/me/password", { currentPassword, newPassword });

/** Lets a user be one of an OIDC issuer. */
const giveToIssuer = ({ id }: User): Promise<unknown> =>
  database.query(
    "UPDATE users SET issuer = 'https://issuer.example', subject = id::text, password_hash = NULL WHERE id = $1",
    [id],
  );

describe("a user's own change of the password", () => {
  test("takes the current one, ends the other sessions, and leaves the one that made it", async () => {
    const { name, user } = await newOrganization(stack);
    const member = await user("member");
    const other = tenantWith(stack.url, (await logIn(name, member, PASSWORD)).body.token as string);
    expect((await change(member, PASSWORD, ANOTHER)).status).toBe(204);
    await ended(other);
    expect((await member.call("GET", "/prompts")).status).toBe(200);
    expect((await logIn(name, member, PASSWORD)).body).toMatchObject({ code: "login_failed" });
    expect((await logIn(name, member, ANOTHER)).status).toBe(201);
  });

  test("is refused for a wrong one, a short one, a user of an issuer and an API key, and leaves the password", async () => {
    const { name, root, user } = await newOrganization(stack);
    const [member, issuers] = [await user("member"), await user("member")];
    expect((await change(member, "a wrong password of the tests", ANOTHER)).body).toMatchObject({
      code: "login_failed",
    });
    expect((await change(member, PASSWORD, "short")).status).toBe(400);
    await giveToIssuer(issuers);
    expect((await change(issuers, PASSWORD, ANOTHER)).body).toMatchObject({ code: "login_failed" });
    expect((await change(root, PASSWORD, ANOTHER)).body).toMatchObject({ code: "forbidden" });
    expect((await logIn(name, member, PASSWORD)).status).toBe(201);
  });

  test("of two at once counts once", async () => {
    const { user } = await newOrganization(stack);
    const member = await user("member");
    const answers = await Promise.all([change(member, PASSWORD, ANOTHER), change(member, PASSWORD, `${ANOTHER}, too`)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 401]);
  });

  test("is tried ten times a minute at most", async () => {
    const { user } = await newOrganization(stack);
    const member = await user("member");
    // At once, and more than twice ten, since a minute may end between them.
    const tries = Array.from({ length: 22 }, () => change(member, "a wrong password of the tests", ANOTHER));
    const codes = new Set((await Promise.all(tries)).map(({ body }) => body.code as string));
    expect(codes).toEqual(new Set(["login_failed", "too_many_logins"]));
  });
});

describe("an administrator's reset of a password", () => {
  test("gives a token with which the user sets another, once; the password is good until then, and sessions end", async () => {
    const { name, root, user } = await newOrganization(stack);
    const member = await user("member");
    const { status, body, headers } = await root.call("POST", `/users/${member.id}/password-reset`);
    expect([status, headers.get("cache-control")]).toEqual([201, "no-store"]);
    expect(body.user).toMatchObject({ id: member.id, state: "active" });
    expect((await logIn(name, member, PASSWORD)).status).toBe(201);
    expect((await accept(stack, body.invitation as string, ANOTHER)).status).toBe(201);
    await ended(member);
    expect((await logIn(name, member, PASSWORD)).status).toBe(401);
    expect((await logIn(name, member, ANOTHER)).status).toBe(201);
    expect((await accept(stack, body.invitation as string)).body).toMatchObject({ code: "invitation_invalid" });
  });

  test("is void once the user has changed the password", async () => {
    const { root, user } = await newOrganization(stack);
    const member = await user("member");
    const { body } = await root.call("POST", `/users/${member.id}/password-reset`);
    expect((await change(member, PASSWORD, ANOTHER)).status).toBe(204);
    expect((await accept(stack, body.invitation as string)).body).toMatchObject({ code: "invitation_invalid" });
  });

  test("is not for who may do more, nor for a user of an issuer", async () => {
    const { root, user } = await newOrganization(stack);
    const [owner, administrator, issuers] = [await user("owner"), await user("administrator"), await user("member")];
    expect((await administrator.call("POST", `/users/${owner.id}/password-reset`)).body).toMatchObject({
      code: "forbidden",
    });
    await giveToIssuer(issuers);
    expect((await root.call("POST", `/users/${issuers.id}/password-reset`)).body).toMatchObject({
      code: "no_password",
    });
  });
});

describe("an export of a user", () => {
  interface Line {
    readonly table?: string;
    readonly row?: Readonly<Record<string, unknown>>;
    readonly rows?: number;
  }
  const exportOf = async ({ key }: Tenant, path: string): Promise<Line[]> => {
    const answer = await fetch(`${stack.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).not.toMatch(/"\\\\x|scrypt/);
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
  };
  const tablesOf = (lines: readonly Line[]): string[] =>
    [...new Set(lines.flatMap(({ table }) => table ?? []))].toSorted();

  test("has what is kept of the user in every table, no secret, and nothing of another user", async () => {
    const { root, user } = await newOrganization(stack);
    const [one, other] = [await user("administrator"), await user("administrator")];
    for (const each of [one, other]) {
      await each.call("POST", "/api-keys", { name: `key of ${each.email}`, scopes: ["prompts:read"] });
      const execution = await executeWorkflow(each, await storeWorkflow(each, [{ name: "agreed", type: "approval" }]));
      await letWait(stack, execution, "waiting");
      const decision = { comment: `decided by ${each.email}` };
      expect((await each.call("POST", `/executions/${execution}/nodes/agreed/approve`, decision)).status).toBe(200);
    }
    const lines = await exportOf(root, `/users/${one.id}/export`);
    expect(lines.at(-1)).toEqual({ rows: lines.length - 1 });
    const { rows: tables } = await database.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition",
    );
    const naming: string[] = [];
    for (const { name } of tables) {
      const sql = `SELECT FROM ${name} AS t WHERE t::text LIKE '%' || $1 || '%'`;
      if ((await database.query(sql, [one.id])).rowCount !== 0) naming.push(name);
    }
    expect(tablesOf(lines)).toEqual(naming.toSorted());
    expect(tablesOf(lines)).toEqual(["api_keys", "audit_events", "sessions", "users", "workflow_nodes"]);
    const text = JSON.stringify(lines);
    for (const own of [one.email, `key of ${one.email}`, `decided by ${one.email}`]) expect(text).toContain(own);
    expect(text).not.toContain(other.email);
    const { rows } = await database.query(
      "SELECT FROM audit_events WHERE actor_id = $1 OR object_id = $1 AND action <> 'user.export'",
      [one.id],
    );
    const events = lines.filter(({ table, row }) => table === "audit_events" && row?.["action"] !== "user.export");
    expect(events).toHaveLength(rows.length);
  });

  test("is the user's own too, whatever the role, and of another user an administrator's", async () => {
    const { user } = await newOrganization(stack);
    const [viewer, other] = [await user("viewer"), await user("viewer")];
    const lines = await exportOf(viewer, "/users/me/export");
    expect(tablesOf(lines)).toEqual(["audit_events", "sessions", "users"]);
    expect(lines[0]).toMatchObject({ table: "users", row: { id: viewer.id, email: viewer.email } });
    expect((await viewer.call("GET", `/users/${other.id}/export`)).status).toBe(403);
  });

  test("needs 'audit:read' of an API key too, and is recorded", async () => {
    const { root, user } = await newOrganization(stack);
    const member = await user("member");
    const { body } = await root.call("POST", "/api-keys", { name: "users", scopes: ["users:read"] });
    const answer = await tenantWith(stack.url, body.key as string).call("GET", `/users/${member.id}/export`);
    expect(answer.body).toMatchObject({ code: "forbidden", detail: "It needs the scope 'audit:read'." });
    await exportOf(root, `/users/${member.id}/export`);
    const { events } = (await root.call("GET", `/audit?action=user.export&object=${member.id}`)).body;
    expect(events).toMatchObject([{ outcome: "success", actor: { kind: "key" } }]);
  });
});
