import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { takeLeases } from "../../services/shared/executions/claim.ts";
import { createEventPartitions } from "../../services/shared/executions/partitions.ts";
import { readEvents } from "../../services/shared/executions/read-events.ts";
import { migrate } from "../../services/shared/database/migrate.ts";
import { endpoint, type ExecutionDatabase, roomFor, startExecutionDatabase } from "../services/execution-database.ts";

let database: ExecutionDatabase;
let tenant: string;
let execution: string;
beforeAll(async () => {
  database = await startExecutionDatabase();
  tenant = await database.tenant("one");
});
afterAll(async () => {
  await database.stop();
});
beforeEach(async () => {
  await database.queue(tenant, 1);
  const [lease] = (await takeLeases(database.worker, endpoint, roomFor(1))).leases;
  execution = lease?.id ?? "";
});

const partitions = async (): Promise<string[]> =>
  (
    await database.rows<{ name: string }>(
      "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'execution_events'::regclass ORDER BY 1",
    )
  ).map(({ name }) => name);

describe("the events of a day", () => {
  test("have a partition from today to two weeks ahead, which a worker makes when it is missing", async () => {
    const before = await partitions();
    expect(before).toHaveLength(15);
    expect(await createEventPartitions(database.worker)).toEqual([]);
    const last = before.at(-1) ?? "";
    await database.rows(`DROP TABLE ${last}`);
    const [made, madeToo] = await Promise.all([
      createEventPartitions(database.worker),
      createEventPartitions(database.worker),
    ]);
    expect([...made, ...madeToo]).toEqual([last]);
    expect(await partitions()).toEqual(before);
  });

  test("are made without any other right on the schema, and by workers alone", async () => {
    await expect(database.worker.query({ text: "CREATE TABLE own (id integer)" })).rejects.toThrow(/permission denied/);
    await expect(database.worker.query({ text: "SELECT create_event_partition('2000-01-01')" })).rejects.toThrow(
      /permission denied/,
    );
    await expect(database.api.query({ text: "SELECT create_event_partitions()" })).rejects.toThrow(/permission denied/);
  });

  test("can be read through the table alone, and there a tenant sees its own", async () => {
    const [today = ""] = await partitions();
    for (const role of [database.worker, database.api]) {
      await expect(role.query({ text: `SELECT FROM ${today}` })).rejects.toThrow(/permission denied/);
    }
    const other = await database.tenant(`other ${execution}`);
    const seen = await Promise.all(
      [tenant, other].map((id) => database.api.asTenant(id, (client) => readEvents(client, [{ execution, after: 0 }]))),
    );
    expect(seen.map((events) => events.get(execution)?.map(({ type }) => type))).toEqual([["job_started"], undefined]);
    const owner = { text: `SET LOCAL ROLE promptops_api_owner` };
    await database.rows("BEGIN");
    await database.admin.query(owner);
    expect(await database.rows(`SELECT FROM ${today}`)).toEqual([]);
    await database.rows("ROLLBACK");
  });

  test("are the only ones that a reader of an execution looks at", async () => {
    const plans: string[] = [];
    const explaining = {
      query: async ({ text, values }: { text: string; values: unknown[] }) => {
        const explained = await database.admin.query<{ "QUERY PLAN": string }>(`EXPLAIN (ANALYZE) ${text}`, values);
        plans.push(explained.rows.map((row) => row["QUERY PLAN"]).join("\n"));
        return { rows: [] };
      },
    } as unknown as Client;
    await readEvents(explaining, [{ execution, after: 0 }]);
    const scans = (plans[0] ?? "").split("\n").filter((line) => line.includes(" on execution_events_"));
    expect(scans).toHaveLength(15);
    expect(scans.filter((line) => !line.includes("never executed"))).toHaveLength(1);
  });
});

test("what was written before events had partitions is kept, and what ran is queued again", async () => {
  await database.rows("CREATE DATABASE before OWNER promptops_api_owner");
  const url = new URL(database.urls.migrate);
  url.pathname = "/before";
  const folder = join(import.meta.dirname, "../../services/api/migrations");
  await migrate(url.href, folder, database.log, { count: 3 });
  const admin = new Client({ connectionString: database.urls.admin("before") });
  await admin.connect();
  try {
    await admin.query(`
      INSERT INTO tenants (id, name) VALUES (gen_random_uuid(), 'one');
      INSERT INTO prompts (tenant_id, name) SELECT id, 'echo' FROM tenants;
      INSERT INTO prompt_versions SELECT id, 1, tenant_id, 'm', '[]', '{}', '{}' FROM prompts;
      INSERT INTO executions (tenant_id, prompt_id, prompt_version, model, messages, parameters, deadline_at, created_at,
          state, lease_expires_at, last_seq)
        SELECT tenant_id, id, 1, 'm', '[]', '{}', now(), now() - interval '40 days', 'running', now(), 2 FROM prompts;
      INSERT INTO execution_events SELECT id, number, tenant_id, 1, 'token_chunk', '{"text":"x"}' FROM executions, generate_series(1, 2) AS number;
    `);
    await migrate(url.href, folder, database.log);
    const { rows } = await admin.query(
      `SELECT state, last_seq, array_agg(seq::int ORDER BY seq) AS numbers, count(DISTINCT events.tableoid) AS partitions
      FROM executions JOIN execution_events AS events ON execution_id = id GROUP BY id`,
    );
    expect(rows).toEqual([{ state: "queued", last_seq: 2, numbers: [1, 2], partitions: 1 }]);
  } finally {
    await admin.end();
  }
});
