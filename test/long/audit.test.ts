import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AuditEvent } from "../../services/api/audit/events.ts";
import { newOperatorKey, newResources } from "../services/access-resources.ts";
import { type Ids, newUser, pathOf, type Row, rows as routes } from "../services/access-table.ts";
import { startStack, type Stack, type Tenant, tenantWith, until } from "../services/stack.ts";
import { letWait } from "../services/workflow-calls.ts";
import { accept, type Any, newOrganization } from "./organization.ts";

let stack: Stack;
let operator: Pick<Tenant, "key" | "call">;
let database: Client;
beforeAll(async () => {
  // No worker: what is accepted stays as it was accepted.
  stack = await startStack({ workers: 0 });
  operator = await stack.operator();
  database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await stack.stop();
});

/** The events of a request, as a superuser sees them. */
const eventsOf = async (requestId: string | null): Promise<Record<string, unknown>[]> =>
  (await database.query<Record<string, unknown>>("SELECT * FROM audit_events WHERE request_id = $1", [requestId])).rows;

const list = async (tenant: Pick<Tenant, "call">, query = "", path = "/audit"): Promise<AuditEvent[]> =>
  (await tenant.call("GET", `${path}?limit=100${query}`)).body.events;

const idOf = async (tenant: Tenant): Promise<string> => (await list(tenant))[0]?.tenant ?? "";

/** A credential of the kind that opens a route. */
async function credentialFor(opens: Row["opens"], owner: Tenant): Promise<string> {
  const only = typeof opens === "object" && "only" in opens ? opens.only : "API key";
  if (only === "operator's key") return operator.key;
  if (only === "user's token") return (await newUser(owner)).token;
  return only === "token" ? ((await owner.call("POST", "/tokens")).body.token as string) : owner.key;
}

/** Sends what a row of the access table does, from an address of which the network is recorded. */
async function send(route: string, ids: Ids, owner: Tenant): Promise<Response> {
  const { opens, body } = routes[route] as Row;
  const path = pathOf(route, ids);
  const sent = await body?.({ owner, path, ids });
  return fetch(`${stack.url}${path}`, {
    method: route.split(" ")[0] as string,
    headers: {
      ...{ authorization: `Bearer ${await credentialFor(opens, owner)}`, "x-forwarded-for": "198.51.100.77" },
      ...(sent && { "content-type": "application/json" }),
    },
    ...(sent && { body: JSON.stringify(sent) }),
  });
}

describe("a route that changes something", () => {
  const changing = Object.keys(routes).filter((route) => !route.startsWith("GET "));

  test("is one of these", () => {
    expect(changing.length).toBeGreaterThan(30);
  });

  test.each(changing)("%s is recorded once, with who, what and from where", async (route) => {
    const owner = await stack.tenant("owner");
    const operators = await newOperatorKey({ stack, operator });
    const prompt = await owner.prompt(`prompt-${route.length}-${Date.now()}`);
    const ids = await newResources({ stack, operator, operators, tenant: owner }, prompt);
    await letWait(stack, ids.nodes, /retry|abort/.test(route) ? "paused" : "waiting");
    const answer = await send(route, ids, owner);
    // A stream goes on until its execution ends.
    await answer.body?.cancel();
    expect(answer.status).toBeLessThan(300);
    const events = await eventsOf(answer.headers.get("x-request-id"));
    expect(events.length).toBeGreaterThan(0);
    expect(new Set(events.map(({ action }) => action)).size).toBe(events.length);
    for (const event of events)
      expect(event).toMatchObject({
        ...{ actor_kind: expect.stringMatching(/^(key|user|operator)$/), actor_id: expect.any(String) },
        ...{ object_id: expect.any(String), outcome: "success", reason: null, source: "198.51.100.0/24" },
      });
  });

  test("does nothing when that cannot be recorded", async () => {
    const owner = await stack.tenant("unrecorded");
    await database.query(
      "ALTER TABLE audit_events ADD CONSTRAINT unwritable CHECK (action <> 'prompt.create') NOT VALID",
    );
    try {
      const { status } = await owner.call("POST", "/prompts", {
        ...{ name: "lost", model: "simulated", messages: [{ role: "user", content: "x" }] },
      });
      expect(status).toBe(500);
    } finally {
      await database.query("ALTER TABLE audit_events DROP CONSTRAINT unwritable");
    }
    expect((await owner.call("GET", "/prompts")).body.prompts).toEqual([]);
  });

  test("records nothing when it is repeated under the same idempotency key", async () => {
    const owner = await stack.tenant("repeating");
    const prompt = await owner.prompt("echo");
    const execute = (): Promise<Any> =>
      owner.call("POST", `/prompts/${prompt}/execute`, { variables: { text: "x" } }, { "idempotency-key": "once" });
    const [first, second] = [await execute(), await execute()];
    expect(second.body).toEqual(first.body);
    expect(await list(owner, `&object=${first.body.id as string}`)).toMatchObject([{ action: "execution.create" }]);
    expect(await eventsOf(second.headers.get("x-request-id"))).toEqual([]);
  });
});

test("no event has an address, a name, a prompt or a secret of those who act and are acted on", async () => {
  const { root, user, name } = await newOrganization(stack);
  const owner = await user("owner");
  const words = ["canary-model", "canary-key", "canary text", "canary@example.com", "canary-prompt", "canary comment"];
  const endpoint = {
    protocol: "openai",
    url: "https://canary-host.example/v1",
    servedAs: "x",
    apiKey: "canary-secret",
  };
  await owner.call("POST", "/custom-models", { name: "canary-model", ...endpoint });
  await owner.call("PUT", "/custom-models/canary-model", endpoint);
  await owner.call("DELETE", "/custom-models/canary-model");
  await owner.call("POST", "/api-keys", { name: "canary-key", scopes: ["prompts:read"] });
  await owner.call("POST", "/users", { email: "canary@example.com", role: "viewer" });
  const prompt = await owner.prompt("canary-prompt", { messages: [{ role: "user", content: "canary text {{text}}" }] });
  await owner.execute(prompt, "canary text");
  await owner.call("POST", "/login", { organization: name, email: "canary@example.com", password: "canary-secret" });
  await owner.call("GET", "/admin/tenants?name=canary-name");
  await until("the refusals to be recorded", async () =>
    (await list(root)).filter(({ outcome }) => outcome === "denied").length === 1 ? true : undefined,
  );
  expect((await list(root)).length).toBeGreaterThan(10);
  const text = (await database.query<{ text: string }>("SELECT audit_events::text AS text FROM audit_events")).rows
    .map((row) => row.text)
    .join("\n");
  for (const word of [...words, "canary", owner.email, "example.com", name]) expect(text).not.toContain(word);
});

describe("the list of events", () => {
  test("is filtered by action, actor, object and time, and comes page by page, the newest first", async () => {
    const { root, user } = await newOrganization(stack);
    const [owner, member] = [await user("owner"), await user("member")];
    await owner.call("PATCH", `/users/${member.id}`, { role: "viewer" });
    const [changed] = await list(root, "&action=user.update");
    expect(changed).toMatchObject({
      ...{ actor: { kind: "user", id: owner.id }, object: { kind: "user", id: member.id }, outcome: "success" },
      details: { fields: ["role"], role: "viewer", suspended: false, revokedKeys: 0 },
    });
    const at = changed?.createdAt ?? "";
    const later = new Date(Date.parse(at) + 1).toISOString();
    const actionsOf = async (query: string): Promise<string[]> => (await list(root, query)).map(({ action }) => action);
    expect(await actionsOf(`&actor=${owner.id}`)).toEqual(["user.update", "session.create", "user.accept"]);
    expect(await actionsOf(`&object=${member.id}`)).toEqual(["user.update", "user.accept", "user.invite"]);
    expect(await actionsOf(`&object=${member.id}&to=${at}`)).toEqual(["user.accept", "user.invite"]);
    expect(await actionsOf(`&object=${member.id}&from=${at}&to=${later}`)).toEqual(["user.update"]);
    const pages = [];
    for (let before = ""; pages.length < 3;) {
      const { body } = await root.call("GET", `/audit?limit=1&object=${member.id}${before}`);
      pages.push(body.events[0].action);
      before = `&before=${body.events[0].id as string}`;
    }
    expect(pages).toEqual(["user.update", "user.accept", "user.invite"]);
    for (const wrong of ["action=user.praise", "from=0000-01-01T00:00:00Z", "to=yesterday", "actor=ada"])
      expect((await root.call("GET", `/audit?${wrong}`)).status, wrong).toBe(400);
    for (const far of ["from=0001-01-01T00:00:00Z", "to=9999-12-31T23:59:59.999999999Z"])
      expect((await root.call("GET", `/audit?${far}`)).body.events, far).not.toEqual([]);
  });

  test("is read by administrators and owners, and reading it is recorded", async () => {
    const { root, user } = await newOrganization(stack);
    for (const [role, expected] of [
      ["owner", 200],
      ["administrator", 200],
      ["member", 403],
      ["viewer", 403],
    ] as const)
      expect((await (await user(role)).call("GET", "/audit")).status, role).toBe(expected);
    const reads = (await list(root, "&action=audit.read")).filter(({ outcome }) => outcome === "success");
    expect(reads.map(({ actor }) => actor.kind)).toEqual(["user", "user"]);
  });

  test("has what operators do to the tenant, which operators see too, and of the tenant nothing else", async () => {
    const { body } = await operator.call("POST", "/admin/tenants", { name: "audited", ownerEmail: "ada@example.com" });
    const [id, own] = [body.tenant.id as string, tenantWith(stack.url, body.apiKey as string)];
    await operator.call("PATCH", `/admin/tenants/${id}/limits`, { weight: 2 });
    await own.prompt("own");
    const seen = async (events: Promise<AuditEvent[]>): Promise<unknown[]> =>
      (await events).map(({ action, actor, tenant, details }) => [action, actor.kind, tenant, details]);
    const operators = [
      ["tenant.limit", "operator", id, { fields: ["weight"] }],
      ["user.invite", "operator", id, { role: "owner" }],
      ["tenant.create", "operator", id, {}],
    ];
    // Both are written by one transaction.
    const sorted = (events: unknown[]): unknown[] => events.map((event) => JSON.stringify(event)).toSorted();
    expect(sorted(await seen(list(own)))).toEqual(sorted([["prompt.create", "key", id, {}], ...operators]));
    expect(sorted(await seen(list(operator, `&tenant=${id}`, "/admin/audit")))).toEqual(sorted(operators));
  });

  test("has the end of a tenant's erasure, as an act of the platform", async () => {
    const { body } = await operator.call("POST", "/admin/tenants", { name: "erased" });
    const id = body.tenant.id as string;
    await operator.call("POST", `/admin/tenants/${id}/erase`, { confirm: id });
    await database.query("UPDATE erasures SET due_at = now() WHERE tenant_id = $1", [id]);
    const ended = await until(
      "the erasure to be recorded",
      async () => (await list(operator, `&tenant=${id}&action=tenant.erased`, "/admin/audit"))[0],
    );
    expect(ended).toMatchObject({ actor: { kind: "system", id: null }, object: { kind: "tenant", id } });
    expect(await list(operator, `&tenant=${id}`, "/admin/audit")).toMatchObject(
      ["tenant.erased", "tenant.erase", "tenant.create"].map((action) => ({ action })),
    );
  });
});

describe("an export of events", () => {
  const linesOf = async ({ key }: Tenant, query = ""): Promise<Record<string, unknown>[]> => {
    const headers = { authorization: `Bearer ${key}` };
    const text = await (await fetch(`${stack.url}/audit/export${query}`, { headers })).text();
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  test("has all of the tenant's events of a time, the oldest first, their number, and is recorded itself", async () => {
    const owner = await stack.tenant("exporting");
    await owner.prompt("first");
    const tenant = await idOf(owner);
    await database.query(
      `INSERT INTO audit_events (tenant_id, actor_kind, actor_id, action, outcome, created_at)
        SELECT $1, 'key', gen_random_uuid(), 'prompt.create', 'success', now() + number * interval '1 microsecond'
        FROM generate_series(1, 1200) AS number`,
      [tenant],
    );
    const lines = await linesOf(owner);
    const events = lines.slice(0, -1);
    expect(lines.at(-1)).toEqual({ events: events.length });
    const { rows } = await database.query<{ id: string }>(
      "SELECT id FROM audit_events WHERE tenant_id = $1 ORDER BY created_at, id",
      [tenant],
    );
    expect(events.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(events.some(({ action }) => action === "audit.export")).toBe(true);
    const to = String(events[1]?.["createdAt"]);
    expect(await linesOf(owner, `?to=${to}`)).toEqual([
      expect.objectContaining({ action: "prompt.create" }),
      { events: 1 },
    ]);
  });
});

describe("what is refused", () => {
  const deniedOf = (tenant: Tenant, reason: string, count: number): Promise<AuditEvent[]> =>
    until(`${count} refusals by ${reason}`, async () => {
      const denied = (await list(tenant)).filter((event) => event.reason === reason);
      return denied.length >= count ? denied : undefined;
    });

  test("is recorded: a failed login with the user, and a missing scope with the operation", async () => {
    const { name, root, user } = await newOrganization(stack);
    const viewer = await user("viewer");
    const nobody = tenantWith(stack.url, "");
    const login = { organization: name, email: viewer.email, password: "a wrong password of the tests" };
    expect((await nobody.call("POST", "/login", login)).status).toBe(401);
    expect((await viewer.call("POST", "/users", { email: "new@example.com", role: "viewer" })).status).toBe(403);
    expect((await viewer.call("GET", "/users")).status).toBe(403);
    expect(await deniedOf(root, "login_failed", 1)).toMatchObject([
      { actor: { kind: "anonymous", id: null }, action: "session.create", object: { kind: "session", id: viewer.id } },
    ]);
    const missing = (await deniedOf(root, "forbidden", 2)).toSorted((a, b) => a.action.localeCompare(b.action));
    expect(missing).toMatchObject([
      { actor: { id: viewer.id }, action: "request.refuse", details: { operation: "listUsers" } },
      { actor: { id: viewer.id }, action: "user.invite", details: { operation: "inviteUser" } },
    ]);
  });

  test("again and again is recorded once, and its repetitions when the API stops", async () => {
    const another = await stack.platform.startApi();
    const { root } = await newOrganization(stack);
    const { body } = await root.call("POST", "/api-keys", { name: "weak", scopes: ["prompts:read"] });
    const weak = tenantWith(`http://127.0.0.1:${another.ports["http"] ?? 0}`, body.key as string);
    for (let count = 0; count < 300; count += 1) expect((await weak.call("GET", "/users")).status).toBe(403);
    await deniedOf(root, "forbidden", 1);
    await another.stop();
    const denied = await list(root, "&action=request.refuse");
    // A minute may have ended meanwhile.
    expect(denied.length).toBeLessThanOrEqual(6);
    const repeated = denied.reduce((sum, { details }) => sum + Number(details["repeated"] ?? 1), 0);
    expect(repeated).toBe(300);
  });

  test("without a credential is shown to operators, and a session that ends because its refresh token was reused to its tenant", async () => {
    await tenantWith(stack.url, "po_unknown").call("GET", "/prompts");
    await until("the refusal to be recorded", async () =>
      (await list(operator, "&action=request.refuse", "/admin/audit")).some(
        ({ reason }) => reason === "unauthenticated",
      )
        ? true
        : undefined,
    );
    const { root } = await newOrganization(stack);
    const { refreshToken } = (await root.call("POST", "/tokens")).body;
    const nobody = tenantWith(stack.url, "");
    for (const status of [200, 401])
      expect((await nobody.call("POST", "/tokens/refresh", { refreshToken })).status).toBe(status);
    expect(await list(root, "&action=session.refresh")).toMatchObject([
      { outcome: "denied", reason: "unauthenticated", actor: { kind: "key" }, details: { endedSessions: 1 } },
      { outcome: "success", actor: { kind: "key" } },
    ]);
  });
});

test("who is erased is still named by id, and by nothing else", async () => {
  const { root, user } = await newOrganization(stack);
  await user("owner");
  const { body } = await root.call("POST", "/users", { email: "gone@example.com", role: "member" });
  await accept(stack, body.invitation as string);
  await root.call("DELETE", `/users/${body.user.id as string}`);
  const events = await list(root, `&object=${body.user.id as string}`);
  expect(events.map(({ action }) => action)).toEqual(["user.erase", "user.accept", "user.invite"]);
  expect(JSON.stringify(events)).not.toContain("gone@");
});
