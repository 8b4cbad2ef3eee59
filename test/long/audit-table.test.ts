import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insertEvent, type NewEvent } from "../../services/api/audit/insert.ts";
import { type ExecutionDatabase, startExecutionDatabase } from "../services/execution-database.ts";

const NOBODYS = "00000000-0000-4000-8000-000000000000";
const ROLES = ["promptops_api", "promptops_worker", "promptops_api_administrator", "promptops_api_owner", "postgres"];

let database: ExecutionDatabase;
let one: string;
let two: string;
beforeAll(async () => {
  database = await startExecutionDatabase();
  [one, two] = [await database.tenant("one"), await database.tenant("two")];
  await record(one, {});
});
afterAll(async () => {
  await database.stop();
});

/** Adds an event as the API does in a tenant's transaction. */
const record = (tenant: string, event: Partial<NewEvent>): Promise<void> =>
  database.api.asTenant(tenant, (client) =>
    insertEvent(client, { tenant, actor: { kind: "user", id: NOBODYS }, action: "prompt.create", ...event }),
  );

/** Runs one statement as a role in a transaction that leaves nothing. */
async function as(role: string, sql: string): Promise<number | null> {
  await database.rows("BEGIN");
  try {
    await database.rows(`SET LOCAL ROLE ${role}`);
    return (await database.admin.query(sql)).rowCount;
  } finally {
    await database.rows("ROLLBACK");
  }
}

const partitions = async (): Promise<string[]> =>
  (
    await database.rows<{ name: string }>(
      "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit_events'::regclass ORDER BY 1",
    )
  ).map(({ name }) => name);

describe("an audit event", () => {
  test("is changed, deleted and truncated by no role, the owner and a superuser included, nor in its partition", async () => {
    const [month = ""] = await partitions();
    expect(await database.rows(`SELECT FROM ${month}`)).not.toEqual([]);
    for (const role of ROLES)
      for (const table of ["audit_events", month])
        for (const change of [`UPDATE ${table} SET reason = 'x'`, `DELETE FROM ${table}`, `TRUNCATE ${table}`])
          await expect(as(role, change), `${role}: ${change}`).rejects.toThrow(
            /^permission denied|audit events are only added/,
          );
  });

  test("is read by its tenant alone: not by another, a worker, or who creates tenants", async () => {
    const seen = (tenant: string): Promise<number | null> =>
      database.api.asTenant(tenant, async (client) => (await client.query("SELECT FROM audit_events")).rowCount);
    expect([await seen(one), await seen(two)]).toEqual([1, 0]);
    for (const role of ["promptops_worker", "promptops_api_administrator"])
      await expect(as(role, "SELECT FROM audit_events"), role).rejects.toThrow(/^permission denied/);
    for (const role of ["promptops_api", "promptops_api_owner"])
      expect(await as(role, "SELECT FROM audit_events"), role).toBe(0);
  });

  test("is written in the tenant's own transaction, and never as an operator's", async () => {
    const forged: Partial<NewEvent>[] = [
      { tenant: two },
      { tenant: undefined },
      { actor: { kind: "operator", id: NOBODYS } },
    ];
    for (const event of forged) await expect(record(one, event)).rejects.toThrow(/row-level security/);
    await expect(record(one, { tenant: undefined, reason: "forbidden" })).resolves.toBeUndefined();
  });

  test.each(["id", "created_at"])("has its %s from Postgres, whoever writes it", async (column) => {
    const value = column === "id" ? "gen_random_uuid()" : "now() - interval '1 day'";
    const sql = `INSERT INTO audit_events (${column}, actor_kind, action, outcome, reason) VALUES (${value}, 'anonymous', 'user.erase', 'denied', 'x')`;
    for (const role of ["promptops_api", "promptops_api_administrator"])
      await expect(as(role, sql), role).rejects.toThrow(/^permission denied/);
  });

  test("holds no whole address", async () => {
    for (const source of ["192.0.2.1/32", "192.0.2.0/25", "2001:db8::1/128", "2001:db8::/64"])
      await expect(record(one, { source }), source).rejects.toThrow(/violates check constraint/);
    for (const source of ["192.0.2.0/24", "2001:db8:0::/48"]) await record(one, { source });
  });
});

describe("the events of a month", () => {
  test("have a partition from this month to three months ahead, which the API makes when it is missing", async () => {
    const before = await partitions();
    expect(before).toHaveLength(4);
    const create = { text: "SELECT create_audit_partitions(1000) AS made" };
    expect((await database.api.query(create)).rows).toEqual([{ made: 0 }]);
    await database.rows(`DROP TABLE ${before.at(-1) ?? ""}`);
    const made = await Promise.all([database.api.query(create), database.api.query(create)]);
    expect(new Set(made.flatMap(({ rows }) => rows.map((row) => row["made"] as number)))).toEqual(new Set([0, 1]));
    expect(await partitions()).toEqual(before);
  });

  test("are dropped, month by month, when the last of them is a year old, and no sooner", async () => {
    const before = await partitions();
    await database.rows(
      "SELECT create_audit_partition(date_trunc('month', now() AT TIME ZONE 'UTC') - age * interval '1 month') FROM generate_series(12, 14) AS age",
    );
    const [oldest, older, kept] = await partitions();
    const dropped = async (): Promise<unknown> =>
      (await database.api.query({ text: "SELECT drop_old_audit_partitions(1000) AS dropped" })).rows;
    expect(await dropped()).toEqual([{ dropped: 1 }]);
    expect(await partitions()).toEqual([older, kept, ...before]);
    expect(await dropped()).toEqual([{ dropped: 1 }]);
    expect(await dropped()).toEqual([{ dropped: 0 }]);
    expect([oldest, await partitions()]).toEqual([expect.any(String), [kept, ...before]]);
  });

  test("are dropped by nobody who may not drop all of them", async () => {
    for (const role of ROLES.slice(0, 3))
      await expect(as(role, "DROP TABLE audit_events CASCADE"), role).rejects.toThrow(/must be owner/);
    for (const role of ["promptops_worker", "promptops_api_administrator"])
      await expect(as(role, "SELECT drop_old_audit_partitions(1)"), role).rejects.toThrow(/^permission denied/);
  });
});

test("a page of events of one action, actor or object is read by an index of it", async () => {
  const client = new Client({ connectionString: database.urls.admin("promptops_api") });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO audit_events (tenant_id, actor_kind, actor_id, action, object_id, outcome)
        SELECT $1, 'key', gen_random_uuid(), 'execution.create', gen_random_uuid(), 'success' FROM generate_series(1, 20000)`,
      [one],
    );
    await client.query("ANALYZE audit_events");
    for (const [column, value] of [
      ["action", "user.erase"],
      ["actor_id", NOBODYS],
      ["object_id", NOBODYS],
    ] as const) {
      const { rows } = await client.query<{ "QUERY PLAN": string }>(
        `EXPLAIN SELECT * FROM audit_events WHERE tenant_id = '${one}' AND ${column} = '${value}' ORDER BY created_at DESC, id DESC LIMIT 20`,
      );
      const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
      expect(plan).toMatch(new RegExp(`Index Cond: \\(\\(tenant_id = .*\\) AND \\(${column} = `));
    }
  } finally {
    await client.end();
  }
});
