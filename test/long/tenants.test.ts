import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scopes } from "../../services/api/caller.ts";
import { startStack, type Stack, type Tenant, tenantWith, textOf, until } from "../services/stack.ts";

let stack: Stack;
let operator: Pick<Tenant, "key" | "call">;
beforeAll(async () => {
  stack = await startStack();
  operator = await stack.operator();
});
afterAll(async () => {
  await stack.stop();
});

let made = 0;

/** A tenant that the API alone has made. */
async function newTenant(): Promise<{ readonly id: string; readonly name: string; readonly own: Tenant }> {
  const name = `tenant-${(made += 1)}`;
  const { status, body } = await operator.call("POST", "/admin/tenants", { name });
  if (status !== 201) throw new Error(`creating ${name} answered ${status}`);
  return { id: body.tenant.id as string, name, own: tenantWith(stack.url, body.apiKey as string) };
}

const refused = (tenant: Tenant): Promise<unknown> =>
  until("the tenant to be refused", async () => {
    const { body } = await tenant.call("GET", "/prompts");
    return body.code === "tenant_suspended" ? true : undefined;
  });

describe("a tenant that is created over the API", () => {
  test("can run a prompt with the key of the answer, which has every scope", async () => {
    const { own } = await newTenant();
    const events = await own.follow(await own.execute(await own.prompt("echo"), "hello"));
    expect(textOf(events)).not.toBe("");
    const [key] = (await own.call("GET", "/api-keys")).body.apiKeys;
    expect(key).toMatchObject({ name: "administrator", scopes, expiresAt: null, revokedAt: null });
  });

  test("is active, has the default limits, and is listed first", async () => {
    const { id, name } = await newTenant();
    const limits = {
      ...{ softMonthlyTokens: null, hardMonthlyTokens: null, softMonthlyMicroUsd: null, hardMonthlyMicroUsd: null },
      ...{ maxRunning: null, maxExecutions: 10_000, maxBytes: 268_435_456, weight: 1 },
      ...{ maxFiles: 1_000, maxFileBytes: 26_214_400, maxStoredBytes: 1_073_741_824 },
    };
    const { body } = await operator.call("GET", `/admin/tenants/${id}`);
    expect(body).toEqual({
      ...{ id, name, state: "active", createdAt: expect.any(String), suspendedAt: null, limits, erasure: null },
    });
    expect((await operator.call("GET", "/admin/tenants?limit=1")).body).toEqual({ tenants: [body] });
  });

  test("is followed in the list by those before it, page by page", async () => {
    const ids = [];
    for (let count = 0; count < 3; count++) ids.push((await newTenant()).id);
    const listed = [];
    let before = "";
    for (let count = 0; count < 3; count++) {
      const { body } = await operator.call("GET", `/admin/tenants?limit=1${before}`);
      listed.push(body.tenants[0].id);
      before = `&before=${body.tenants[0].id}`;
    }
    expect(listed).toEqual(ids.toReversed());
  });

  test("takes a name once, and nothing that is no name", async () => {
    const { name } = await newTenant();
    expect((await operator.call("POST", "/admin/tenants", { name })).body).toMatchObject({
      ...{ status: 409, code: "name_taken", detail: `There is a tenant '${name}'. Take another name.` },
    });
    expect((await operator.call("POST", "/admin/tenants", { name: "Acme Inc." })).body).toMatchObject({
      ...{ status: 400, faults: [{ path: "body/name" }] },
    });
  });

  test("begins with an owner's invitation, if an address is given", async () => {
    const created = await operator.call("POST", "/admin/tenants", { name: "owned", ownerEmail: "Ada@Example.com" });
    expect(created.headers.get("cache-control")).toBe("no-store");
    const { status } = await tenantWith(stack.url, "").call("POST", "/invitations/accept", {
      ...{ invitation: created.body.invitation, password: "a password of the tests" },
    });
    expect(status).toBe(201);
    const { body } = await tenantWith(stack.url, created.body.apiKey as string).call("GET", "/users");
    expect(body.users).toMatchObject([{ email: "ada@example.com", role: "owner", state: "active" }]);
  });
});

describe("an operator's key", () => {
  test("is listed without its hash, and refused within seconds once an operator has revoked it, its own too", async () => {
    const leaving = await stack.operator("leaving");
    const { body } = await leaving.call("GET", "/admin/operators?limit=1");
    const [{ id }] = body.operatorKeys as [{ id: string }];
    expect(body.operatorKeys).toEqual([{ id, name: "leaving", createdAt: expect.any(String), revokedAt: null }]);
    const { status, body: revoked } = await leaving.call("POST", `/admin/operators/${id}/revoke`);
    expect([status, revoked]).toEqual([200, { ...body.operatorKeys[0], revokedAt: expect.any(String) }]);
    await until("the key to be refused", async () =>
      (await leaving.call("GET", "/admin/tenants")).status === 401 ? true : undefined,
    );
    // Once more changes nothing.
    expect((await operator.call("POST", `/admin/operators/${id}/revoke`)).body).toEqual(revoked);
    expect((await operator.call("GET", `/admin/audit?object=${id}`)).body.events).toMatchObject([
      { action: "operator.revoke", actor: { kind: "operator" } },
      { action: "operator.revoke", actor: { kind: "operator", id } },
    ]);
  });
});

describe("limits", () => {
  test("that are named are set, null lifts one, and the others stay", async () => {
    const { id, own } = await newTenant();
    const set = (limits: object): Promise<{ body: { limits: object } }> =>
      operator.call("PATCH", `/admin/tenants/${id}/limits`, limits);
    await set({ hardMonthlyTokens: 0, softMonthlyTokens: 7, maxExecutions: 3, weight: 2.5 });
    const { body } = await set({ hardMonthlyTokens: 10, softMonthlyTokens: null });
    expect(body.limits).toMatchObject({
      softMonthlyTokens: null,
      hardMonthlyTokens: 10,
      maxExecutions: 3,
      weight: 2.5,
    });
    expect((await own.call("GET", "/usage")).body.limits.tokens).toEqual({ soft: null, hard: 10 });
  });

  test("that are no limits are refused, and change nothing", async () => {
    const { id } = await newTenant();
    const before = (await operator.call("GET", `/admin/tenants/${id}`)).body;
    for (const limits of [{ hardMonthlyTokens: -1 }, { weight: 0 }, { maxExecutions: null }, { requests: 1 }])
      expect((await operator.call("PATCH", `/admin/tenants/${id}/limits`, limits)).status).toBe(400);
    expect((await operator.call("GET", `/admin/tenants/${id}`)).body).toEqual(before);
  });
});

describe("a suspended tenant", () => {
  test("is refused on every replica within seconds, key and session, and goes on where it was when it is resumed", async () => {
    const { id, own } = await newTenant();
    const another = await stack.platform.startApi();
    const { body: session } = await own.call("POST", "/tokens");
    const holders = [stack.url, `http://127.0.0.1:${another.ports["http"] ?? 0}`].flatMap((url) =>
      [own.key, session.token as string].map((credential) => tenantWith(url, credential)),
    );
    for (const holder of holders) expect((await holder.call("GET", "/prompts")).status).toBe(200);
    expect((await operator.call("POST", `/admin/tenants/${id}/suspend`)).body).toMatchObject({ state: "suspended" });
    for (const holder of holders) await refused(holder);
    const refresh = { refreshToken: session.refreshToken };
    const nobody = tenantWith(stack.url, "");
    expect((await nobody.call("POST", "/tokens/refresh", refresh)).body).toMatchObject({
      ...{ status: 403, code: "tenant_suspended", title: "The tenant is suspended." },
    });
    expect((await operator.call("POST", `/admin/tenants/${id}/resume`)).body).toMatchObject({ state: "active" });
    for (const holder of holders)
      await until("the tenant to be served", async () =>
        (await holder.call("GET", "/prompts")).status === 200 ? true : undefined,
      );
    expect((await nobody.call("POST", "/tokens/refresh", refresh)).status).toBe(200);
    await another.stop();
  });
});
