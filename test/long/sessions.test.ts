import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { SIGNING_KEYS } from "../../services/api/signing-keys.ts";
import { type Answer, startStack, type Stack, type Tenant, tenantWith, until } from "../services/stack.ts";

interface Tokens {
  readonly token: string;
  readonly refreshToken: string;
}

let stack: Stack;
let one: Tenant;
let database: Client;
beforeAll(async () => {
  // No worker: what is accepted stays as it was accepted.
  stack = await startStack({ workers: 0 });
  one = await stack.tenant("one");
  database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await stack.stop();
});

const nobody = (): Tenant => tenantWith(stack.url, "");
const login = async (tenant = one): Promise<Tokens> => (await tenant.call<Tokens>("POST", "/tokens")).body;
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what no type leads to
const refresh = (refreshToken: string): Promise<Answer<any>> =>
  nobody().call("POST", "/tokens/refresh", { refreshToken }, { authorization: "" });
const statusOf = async (token: string, path = "/prompts"): Promise<number> =>
  (await tenantWith(stack.url, token).call("GET", path)).status;
const refused = (token: string): Promise<true> =>
  until("the token to be refused", async () => ((await statusOf(token)) === 401 ? true : undefined));
const sessionOf = (token: string): unknown => decodeJwt(token)["sid"];

describe("a token", () => {
  test("comes from an API key, does what the key may do, and is kept by no cache", async () => {
    const { status, headers, body } = await one.call("POST", "/tokens");
    expect([status, headers.get("cache-control")]).toEqual([201, "no-store"]);
    expect(body).toEqual({
      token: expect.any(String),
      expiresInSeconds: 900,
      refreshToken: expect.stringMatching(/^por_[\w-]{43}$/),
      refreshExpiresInSeconds: 86_400,
    });
    expect(await statusOf(String(body.token))).toBe(200);
    expect(await statusOf(`${body.token}x`)).toBe(401);
  });

  test("makes no other token", async () => {
    const { token } = await login();
    const { body } = await tenantWith(stack.url, token).call("POST", "/tokens");
    expect(body).toMatchObject({ status: 403, code: "forbidden" });
  });

  test("dies with its key, and so does the session", async () => {
    const tenant = await stack.tenant("revoked");
    const { token, refreshToken } = await login(tenant);
    expect(await statusOf(token)).toBe(200);
    await database.query(
      "UPDATE api_keys SET revoked_at = now() WHERE tenant_id = (SELECT id FROM tenants WHERE name = 'revoked')",
    );
    await refused(token);
    expect((await refresh(refreshToken)).body).toMatchObject({ status: 401, code: "unauthenticated" });
    expect((await tenant.call("POST", "/tokens")).status).toBe(401);
  });

  test("has the scopes that its key has now, not those that it had", async () => {
    const tenant = await stack.tenant("narrowed");
    const { token } = await login(tenant);
    expect(await statusOf(token)).toBe(200);
    await database.query(
      "UPDATE api_keys SET scopes = '{executions:read}' WHERE tenant_id = (SELECT id FROM tenants WHERE name = 'narrowed')",
    );
    await until("the scope to be gone", async () => ((await statusOf(token)) === 403 ? true : undefined));
    expect(await statusOf(token, "/executions")).toBe(200);
  });
});

describe("a refresh token", () => {
  test("is exchanged for new tokens of the same session, which the old token belongs to as well", async () => {
    const first = await login();
    const { status, headers, body: second } = await refresh(first.refreshToken);
    expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(sessionOf(String(second.token))).toBe(sessionOf(first.token));
    expect([await statusOf(first.token), await statusOf(String(second.token))]).toEqual([200, 200]);
  });

  test("that comes a second time ends the session: its tokens and its newest refresh token", async () => {
    const first = await login();
    const other = await login();
    const { body: second } = await refresh(first.refreshToken);
    expect((await refresh(first.refreshToken)).body).toMatchObject({ status: 401, code: "unauthenticated" });
    await refused(first.token);
    await refused(String(second.token));
    expect((await refresh(String(second.refreshToken))).status).toBe(401);
    expect(await statusOf(other.token)).toBe(200);
  });

  test("that comes several times at once is exchanged once at most, and ends the session", async () => {
    const { token, refreshToken } = await login();
    const answers = await Promise.all(Array.from({ length: 4 }, () => refresh(refreshToken)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401]);
    await refused(token);
  });

  test("opens no route, and neither a token nor an API key is exchanged", async () => {
    const { token, refreshToken } = await login();
    expect(await statusOf(refreshToken)).toBe(401);
    for (const credential of [token, one.key, "por_wrong", `${refreshToken}x`])
      expect((await refresh(credential)).body).toMatchObject({ status: 401, code: "unauthenticated" });
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  test("expires with its session", async () => {
    const { token, refreshToken } = await login();
    await database.query("UPDATE sessions SET expires_at = now() WHERE id = $1", [sessionOf(token)]);
    expect((await refresh(refreshToken)).status).toBe(401);
    await refused(token);
  });

  test("does not prolong its session beyond thirty days", async () => {
    const { token, refreshToken } = await login();
    await database.query(
      "UPDATE sessions SET created_at = now() - interval '29 days 23 hours', expires_at = now() + interval '1 hour' WHERE id = $1",
      [sessionOf(token)],
    );
    const { body } = await refresh(refreshToken);
    expect(body.refreshExpiresInSeconds).toBeLessThanOrEqual(3600);
    expect(body.refreshExpiresInSeconds).toBeGreaterThan(0);
  });
});

test("a key with a thousand sessions gets no more, and another key of its tenant does", async () => {
  const tenant = await stack.tenant("eager");
  await login(tenant);
  await database.query(
    `INSERT INTO sessions (tenant_id, api_key_id, expires_at)
      SELECT tenant_id, api_key_id, expires_at FROM sessions, generate_series(1, 999)
      WHERE tenant_id = (SELECT id FROM tenants WHERE name = 'eager')`,
  );
  const refused = await tenant.call("POST", "/tokens");
  expect(refused.body).toMatchObject({ status: 429, code: "too_many_sessions" });
  expect(refused.headers.get("retry-after")).toBe("60");
  expect((await (await stack.tenant("eager")).call("POST", "/tokens")).status).toBe(201);
});

describe("logging out", () => {
  test("ends the session of the token, and no other", async () => {
    const { token, refreshToken } = await login();
    const other = await login();
    const { status, body } = await tenantWith(stack.url, token).call("POST", "/logout");
    expect([status, body]).toEqual([204, undefined]);
    // The replica that ended it knows at once.
    expect(await statusOf(token)).toBe(401);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect(await statusOf(other.token)).toBe(200);
  });

  test("is nothing that an API key can do: it has no session", async () => {
    expect((await one.call("POST", "/logout")).body).toMatchObject({ status: 403, code: "forbidden" });
  });
});

test("a WebSocket closes when the session or the key that opened it is gone", async () => {
  const tenant = await stack.tenant("watched");
  const id = await tenant.execute(await tenant.prompt("echo"), "of a session");
  const { token } = await login(tenant);
  const sockets = [token, tenant.key].map(
    (credential) =>
      new WebSocket(`${stack.url.replace("http", "ws")}/executions/${id}/stream`, {
        headers: { authorization: `Bearer ${credential}` },
      }),
  );
  const closed = sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
  // Both are open before what opened them is gone.
  await Promise.all(sockets.map((socket) => once(socket, "open")));
  await tenantWith(stack.url, token).call("POST", "/logout");
  expect(await closed[0]).toBe(1008);
  await database.query(
    "UPDATE api_keys SET revoked_at = now() WHERE tenant_id = (SELECT id FROM tenants WHERE name = 'watched')",
  );
  expect(await closed[1]).toBe(1008);
});

describe("signing keys", () => {
  test("are rotated in their file, while the API runs: the new one signs, and the old one still verifies", async () => {
    const file = join(stack.secrets, SIGNING_KEYS);
    const old = readFileSync(file, "utf8");
    const before = await login();
    writeFileSync(file, `${new Date().toISOString()} ${"n".repeat(86)}\n${old}`);
    try {
      const after = await until("the new key to sign", async () => {
        const { token } = await login();
        return decodeProtectedHeader(token).kid === decodeProtectedHeader(before.token).kid ? undefined : token;
      });
      expect([await statusOf(before.token), await statusOf(after)]).toEqual([200, 200]);
      // As an operator does who has lost the old one: what it signed is worth nothing from then on.
      writeFileSync(file, "n".repeat(86));
      await refused(before.token);
      expect(await statusOf(after)).toBe(200);
    } finally {
      writeFileSync(file, old);
    }
  });
});

describe("what the API's role may do with sessions", () => {
  const asApi = async (sql: string, tenant = ""): Promise<unknown[]> => {
    await database.query("BEGIN; SET LOCAL ROLE promptops_api");
    try {
      await database.query("SELECT set_config('promptops.tenant', $1, true)", [tenant]);
      return (await database.query<object>(sql)).rows;
    } finally {
      await database.query("ROLLBACK");
    }
  };

  test("is seen by their tenant alone", async () => {
    await login();
    const { rows } = await database.query<{ tenant: string; count: number }>(
      "SELECT tenant_id AS tenant, count(*)::int FROM sessions GROUP BY tenant_id ORDER BY tenant_id",
    );
    expect(rows.length).toBeGreaterThan(1);
    for (const { tenant, count } of rows) {
      expect(await asApi("SELECT count(*)::int FROM sessions", tenant)).toEqual([{ count }]);
    }
    for (const table of ["sessions", "refresh_tokens"])
      expect(await asApi(`SELECT count(*)::int FROM ${table}`)).toEqual([{ count: 0 }]);
  });

  test.each([
    "DELETE FROM sessions",
    "DELETE FROM refresh_tokens",
    "UPDATE sessions SET tenant_id = gen_random_uuid()",
    "UPDATE sessions SET created_at = now()",
    "UPDATE refresh_tokens SET hash = ''",
    "UPDATE refresh_tokens SET session_id = gen_random_uuid()",
  ])("does not include %s", async (sql) => {
    await expect(asApi(sql)).rejects.toThrow(/^permission denied/);
  });

  test("keeps the workers out", async () => {
    await database.query("BEGIN; SET LOCAL ROLE promptops_worker");
    await expect(database.query("SELECT FROM sessions")).rejects.toThrow(/^permission denied/);
    await database.query("ROLLBACK");
  });
});

test("an API deletes sessions that ended a day ago, with their refresh tokens, and no others", async () => {
  const kept = sessionOf((await login()).token);
  const ended = sessionOf((await login()).token);
  const expired = sessionOf((await login()).token);
  await database.query("UPDATE sessions SET ended_at = now() - interval '25 hours' WHERE id = $1", [ended]);
  await database.query("UPDATE sessions SET expires_at = now() - interval '25 hours' WHERE id = $1", [expired]);
  await stack.platform.startApi();
  const left = async (): Promise<string[]> => {
    const { rows } = await database.query<{ id: string }>("SELECT id FROM sessions WHERE id = ANY($1)", [
      [kept, ended, expired],
    ]);
    return rows.map(({ id }) => id);
  };
  await until("them to be deleted", async () => ((await left()).length === 1 ? true : undefined));
  expect(await left()).toEqual([kept]);
  const { rows } = await database.query("SELECT FROM refresh_tokens WHERE session_id = ANY($1)", [[ended, expired]]);
  expect(rows).toEqual([]);
});
