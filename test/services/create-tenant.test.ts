import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../local/embedded-postgres.ts";
import { type DatabaseUrls, giveRoles } from "../../local/give-roles.ts";
import { hashOf } from "../../services/api/api-keys.ts";
import { createOperator } from "../../services/api/create-operator.ts";
import { createTenant, limitTenant } from "../../services/api/create-tenant.ts";
import { setLimits } from "../../services/api/tenant-limits.ts";
import { migrate } from "../../services/shared/database/migrate.ts";
import { root, services } from "../environments.ts";

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const folder = mkdtempSync(join(tmpdir(), "promptops-test-"));
const HASH = hashOf("po_of-a-test");
let postgres: EmbeddedPostgres;
let urls: DatabaseUrls;
let superuser: Client;
let administrator: Client;
const clients: Client[] = [];

async function connect(url = ""): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  clients.push(client);
  return client;
}

beforeAll(async () => {
  chmodSync(folder, 0o711);
  postgres = await startEmbeddedPostgres({ folder: join(folder, "postgres"), durable: false });
  urls = await giveRoles(postgres.url, services, "secret");
  await migrate(urls.migrate.get("api") ?? "", join(root, "services/api/migrations"), quiet);
  superuser = await connect(postgres.url("promptops_api"));
  administrator = await connect(urls.administer.get("api"));
});
afterAll(async () => {
  for (const client of clients) await client.end();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const rows = async (sql: string, ...values: unknown[]): Promise<object[]> =>
  (await superuser.query<object>(sql, values)).rows;

/** The tenants and keys of a name, as nobody but a superuser sees them. */
const keysOf = (name: string): Promise<object[]> =>
  rows(
    `SELECT api_keys.name, hash, scopes, most_executions AS limit FROM tenants LEFT JOIN api_keys ON tenants.id = tenant_id
      WHERE tenants.name = $1`,
    name,
  );

describe("creating a tenant as the administrator's role", () => {
  test("makes a tenant with one key that has every scope, of which only the hash is kept", async () => {
    await createTenant(administrator, "one", HASH);
    expect(await keysOf("one")).toEqual([
      {
        name: "administrator",
        hash: HASH,
        scopes: [
          ...["prompts:read", "prompts:write", "workflows:read", "workflows:write"],
          ...["executions:read", "executions:write", "evaluations:read", "evaluations:write", "gates:write"],
          ...["models:read", "models:write", "files:read", "files:write", "webhooks:read", "webhooks:write"],
          ...["keys:read", "keys:write", "users:read", "users:write", "organization:export", "audit:read"],
        ],
        limit: 10_000,
      },
    ]);
  });

  test("changes nothing the second time, even with another key", async () => {
    const { id } = await createTenant(administrator, "two", hashOf("two"));
    const before = await keysOf("two");
    expect(await createTenant(administrator, "two", hashOf("another"))).toEqual({ id, isNew: false });
    expect(await keysOf("two")).toEqual(before);
  });

  test("sets the limits that are named, lifts those that are null, and leaves the others", async () => {
    const { id } = await createTenant(administrator, "limited", hashOf("limited"));
    await setLimits(administrator, id, {
      softMonthlyTokens: 1,
      hardMonthlyTokens: 2,
      hardMonthlyMicroUsd: 3,
      maxRunning: 4,
    });
    await setLimits(administrator, id, { softMonthlyTokens: null, hardMonthlyTokens: 0 });
    await setLimits(administrator, id, {});
    const limits = await rows(
      `SELECT soft_monthly_tokens::int AS soft, hard_monthly_tokens::int AS hard, hard_monthly_micro_usd::int AS cost,
        max_running AS running FROM tenants
      WHERE name IN ('limited', 'one') ORDER BY name`,
    );
    expect(limits).toEqual([
      { soft: null, hard: 0, cost: 3, running: 4 },
      { soft: null, hard: null, cost: null, running: null },
    ]);
  });

  test("makes one key when two do it at once", async () => {
    const another = await connect(urls.administer.get("api"));
    const results = await Promise.all(
      [administrator, another].map((client, index) => createTenant(client, "three", hashOf(String(index)))),
    );
    expect(results.map(({ isNew }) => isNew).toSorted()).toEqual([false, true]);
    expect(await keysOf("three")).toHaveLength(1);
  });

  test("leaves nothing behind when the key is refused: it is another tenant's", async () => {
    await createTenant(administrator, "first of two", hashOf("shared"));
    await expect(createTenant(administrator, "four", hashOf("shared"))).rejects.toThrow(/unique/);
    expect(await keysOf("four")).toEqual([]);
  });

  test("gives a tenant another key when its first was revoked as docs/how-to/first-tenant.md says", async () => {
    const { id } = await createTenant(administrator, "five", hashOf("five"));
    const page = readFileSync(join(root, "docs/how-to/first-tenant.md"), "utf8");
    const [, sql = ""] = /```sql\n([^`]+)```/.exec(page) ?? [];
    const owner = await connect(urls.migrate.get("api"));
    await owner.query(sql.replace("<id of the tenant>", id));
    expect(await createTenant(administrator, "five", hashOf("six"))).toEqual({ id, isNew: true });
    const revoked = await rows("SELECT revoked_at IS NOT NULL AS revoked FROM api_keys WHERE tenant_id = $1", id);
    expect(revoked).toEqual(expect.arrayContaining([{ revoked: true }, { revoked: false }]));
    expect(await rows("SELECT FROM api_keys WHERE revoked_at IS NOT NULL")).toHaveLength(1);
  });
});

describe("giving an operator a key as the administrator's role", () => {
  const keysOfOperator = (name: string): Promise<object[]> =>
    rows("SELECT hash, revoked_at AS revoked FROM operator_keys WHERE name = $1", name);

  test("keeps the hash of one, whichever keys are given later", async () => {
    expect(await createOperator(administrator, "ada", hashOf("ada"))).toBe(true);
    expect(await createOperator(administrator, "ada", hashOf("another"))).toBe(false);
    expect(await keysOfOperator("ada")).toEqual([{ hash: hashOf("ada"), revoked: null }]);
  });

  test("makes one when two do it at once", async () => {
    const another = await connect(urls.administer.get("api"));
    const results = await Promise.all(
      [administrator, another].map((client, index) => createOperator(client, "bea", hashOf(`bea ${index}`))),
    );
    expect(results.toSorted()).toEqual([false, true]);
    expect(await keysOfOperator("bea")).toHaveLength(1);
  });

  test("gives another one when the first was revoked as docs/how-to/first-operator.md says", async () => {
    const page = readFileSync(join(root, "docs/how-to/first-operator.md"), "utf8");
    const [, sql = ""] = /```sql\n([^`]+)```/.exec(page) ?? [];
    const owner = await connect(urls.migrate.get("api"));
    await createOperator(administrator, "ada", hashOf("ada"));
    await owner.query(sql);
    expect(await createOperator(administrator, "ada", hashOf("new"))).toBe(true);
    expect(await rows("SELECT revoked_at IS NULL AS valid FROM operator_keys WHERE name = 'ada' ORDER BY 1")).toEqual([
      { valid: false },
      { valid: true },
    ]);
  });

  test("is nothing that the API can do", async () => {
    const client = await connect(urls.serve.get("api"));
    await expect(createOperator(client, "eve", hashOf("eve"))).rejects.toThrow(/^permission denied/);
  });
});

test("what the job makes is recorded as the platform's own act, and only if it makes something", async () => {
  const { id } = await createTenant(administrator, "recorded", hashOf("recorded"));
  await createTenant(administrator, "recorded", hashOf("recorded again"));
  await limitTenant(administrator, id, {});
  await limitTenant(administrator, id, { maxRunning: 4, hardMonthlyTokens: null });
  await createOperator(administrator, "recorded", hashOf("recorded operator"));
  await createOperator(administrator, "recorded", hashOf("recorded operator again"));
  const [operator] = (await rows("SELECT id FROM operator_keys WHERE name = 'recorded'")) as { id: string }[];
  const events = await rows(
    "SELECT tenant_id, actor_kind, action, outcome, details FROM audit_events WHERE object_id IN ($1, $2) ORDER BY created_at",
    ...[id, operator?.id],
  );
  expect(events).toEqual([
    { tenant_id: id, actor_kind: "system", action: "tenant.create", outcome: "success", details: {} },
    {
      ...{ tenant_id: id, actor_kind: "system", action: "tenant.limit", outcome: "success" },
      details: { fields: ["maxRunning", "hardMonthlyTokens"] },
    },
    { tenant_id: null, actor_kind: "system", action: "operator.create", outcome: "success", details: {} },
  ]);
});

describe("the administrator's role", () => {
  test.each([
    ["read the hash of a key", "SELECT hash FROM api_keys"],
    ["change a key", "UPDATE api_keys SET revoked_at = now()"],
    ["delete a key", "DELETE FROM api_keys"],
    ["change a tenant", "UPDATE tenants SET name = 'other'"],
    ["choose a tenant's limit", "INSERT INTO tenants (name, most_executions) VALUES ('large', 1000000)"],
    ["delete a tenant", "DELETE FROM tenants"],
    ["read the hash of an operator's key", "SELECT hash FROM operator_keys"],
    ["revoke an operator's key", "UPDATE operator_keys SET revoked_at = now()"],
    ["read prompts", "SELECT FROM prompts"],
    ["read executions", "SELECT FROM executions"],
    ["read events", "SELECT FROM execution_events"],
    ["read audit events", "SELECT FROM audit_events"],
    [
      "record what somebody else did",
      "INSERT INTO audit_events (actor_kind, actor_id, action, outcome) VALUES ('user', gen_random_uuid(), 'user.erase', 'success')",
    ],
    ["create a table", "CREATE TABLE mine ()"],
    ["become the owner", "SET ROLE promptops_api_owner"],
    ["become the API", "SET ROLE promptops_api"],
  ])("cannot %s", async (_, sql) => {
    await expect(administrator.query(sql)).rejects.toThrow(/^permission denied|row-level security/);
  });

  test.each(["serve", "migrate"] as const)("is what creating a tenant needs: the role to %s cannot", async (role) => {
    const client = await connect(urls[role].get("api"));
    await expect(createTenant(client, "six", hashOf("seven"))).rejects.toThrow(/permission denied|row-level security/);
    expect(await keysOf("six")).toEqual([]);
  });
});
