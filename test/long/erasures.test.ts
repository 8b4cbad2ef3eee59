import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { archiveNow } from "../services/archive-now.ts";
import { storeObjects } from "../services/file-calls.ts";
import { startStack, type Stack, type Tenant, tenantWith, until } from "../services/stack.ts";
import { nodeToBe, runWorkflow } from "../services/workflow-calls.ts";

const PASSWORD = "a password of the tests";
/** More than an export reads at once, and an erasure deletes at once. */
const MANY = 1_100;

/** Tables of tenants that an erasure leaves, with the reason. */
const KEPT = {
  audit_events: "say who did what for a year, by ids alone",
  erasures: "is the record that it was done, and holds ids alone",
};
/** Tables that name no tenant, with what an erasure has to do with them. */
const NAMELESS = {
  tenants: "keeps the id, so that it is never used again, and loses the name",
  checkpoints: "go with their execution",
  checkpoint_blobs: "go with their execution",
  checkpoint_writes: "go with their execution",
  request_counts: "hold hashes, for ten minutes",
  operator_keys: "belong to the platform",
  execution_ends: "count all tenants together",
  workflow_ends: "count all tenants together",
  token_totals: "count all tenants together",
  paces: "say how fast an endpoint is",
  migrations: "say which files were applied",
};
/** Tables of tenants that an export leaves out, with the reason. */
const NOT_EXPORTED = {
  refresh_tokens: "are hashes of secrets",
  compactions: "say which events are not compact yet",
  evaluation_queue: "says which outputs are not scored yet",
  leases: "say which worker runs an execution at this moment",
  turns: "say whose turn is next",
  erasures: "are the platform's record",
  usage_outbox: "is on its way to usage_events",
};

interface Kept {
  readonly id: string;
  readonly own: Tenant;
}

let stack: Stack;
let operator: Pick<Tenant, "key" | "call">;
let database: Client;
let one: Kept;
let two: Kept;
let tables: readonly string[];
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  operator = await stack.operator();
  database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
  const worker = await stack.platform.startWorker("worker");
  const evaluator = await stack.platform.startEvaluator("evaluator");
  one = await newTenant("one");
  two = await newTenant("two");
  await Promise.all([worker.kill(), evaluator.kill()]);
  for (const { id } of [one, two]) {
    await queueMany(id);
    await leaseOne(id);
    expect(await archiveOne(id)).toHaveLength(3);
    // Nobody scores outputs any more.
    await rows(
      `INSERT INTO evaluation_queue (execution_id, tenant_id, experiment_id)
        SELECT id, tenant_id, experiment_id FROM executions WHERE tenant_id = $1 AND experiment_id IS NOT NULL`,
      id,
    );
    await rows(
      `INSERT INTO compactions (execution_id, tenant_id, accepted_on)
        SELECT id, tenant_id, accepted_on FROM executions WHERE tenant_id = $1 LIMIT 1 ON CONFLICT DO NOTHING`,
      id,
    );
  }
  tables = await tablesWith(
    "EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'tenant_id')",
  );
});
afterAll(async () => {
  await database.end();
  await stack.stop();
});

const rows = async <Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> =>
  (await database.query<Row>(sql, values)).rows;

const tablesWith = async (condition: string): Promise<string[]> =>
  (
    await rows<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND NOT relispartition AND ${condition} ORDER BY 1`,
    )
  ).map(({ name }) => name);

/** A tenant that has something of everything. */
async function newTenant(name: string): Promise<Kept> {
  const { body } = await operator.call("POST", "/admin/tenants", { name, ownerEmail: `owner@${name}.example` });
  const own = tenantWith(stack.url, body.apiKey as string);
  const nobody = tenantWith(stack.url, "");
  const { token } = (
    await nobody.call("POST", "/invitations/accept", { invitation: body.invitation, password: PASSWORD })
  ).body;
  await own.call("POST", "/tokens");
  const key = { name: "a key", scopes: ["prompts:read"] };
  await tenantWith(stack.url, String(token)).call("POST", "/api-keys", key);
  const endpoint = { protocol: "openai", url: "https://models.example/v1", servedAs: "large", apiKey: "of-the-tenant" };
  await own.call("POST", "/custom-models", { name: "own", ...endpoint });
  const hook = { url: "https://hooks.example/events", events: ["execution.succeeded"] };
  const { webhook } = (await own.call("POST", "/webhooks", hook)).body;
  await own.call("POST", `/webhooks/${webhook.id}/rotate-secret`);
  await own.call("POST", `/webhooks/${webhook.id}/test`);
  // Nobody delivers here, and compares usage with budgets.
  await rows(
    `INSERT INTO webhook_attempts (delivery_id, number, tenant_id, started_at, milliseconds, status)
      SELECT id, 1, tenant_id, now(), 1, 200 FROM webhook_deliveries WHERE endpoint_id = $1`,
    webhook.id,
  );
  await rows(
    "INSERT INTO budget_notices (tenant_id, month, unit, level) VALUES ($1, '2026-11', 'tokens', 'soft')",
    body.tenant.id,
  );
  await rows("UPDATE files SET upload_until = now() WHERE id = $1", await storeObjects(own));
  const prompt = await own.prompt("echo");
  await own.call("PUT", `/prompts/${prompt}/labels/production`, { version: 1 });
  const dataset = (await own.call("POST", "/datasets", { name: "greetings" })).body.id as string;
  await own.call("POST", `/datasets/${dataset}/items`, { items: [{ variables: { text: name }, expected: name }] });
  await evaluate(own, prompt, dataset);
  await own.call("POST", `/prompts/${prompt}/execute`, { variables: { text: name } }, { "idempotency-key": name });
  await own.follow(await own.execute(prompt, name));
  const nodes = [
    { name: "first", type: "prompt", prompt: "echo", variables: { text: JSON.stringify(name) } },
    { name: "agreed", type: "approval", after: ["first"] },
  ] as const;
  await nodeToBe(own, await runWorkflow(own, nodes as never), "agreed", "waiting");
  // Nobody counts what is used here.
  await rows(
    `INSERT INTO usage_events SELECT gen_random_uuid(), $1, now(), gen_random_uuid(), $2, 1, 1, 'simulated', false, 'succeeded', true, false, 1, 1, 1;`,
    ...[body.tenant.id, prompt],
  );
  await rows("INSERT INTO usage_hours SELECT $1, now(), 'simulated', 1, 0, 1, 0, 0, 1, 1, 1", body.tenant.id);
  return { id: body.tenant.id as string, own };
}

/** An experiment that has ended, a gate, and a label that was set in spite of it. */
async function evaluate(own: Tenant, promptId: string, datasetId: string): Promise<void> {
  const evaluator = { name: "exact", definition: { type: "equals" } };
  const evaluatorId = (await own.call("POST", "/evaluators", evaluator)).body.id as string;
  const parts = { datasetId, evaluatorIds: [evaluatorId], candidates: [{ promptId }] };
  const experiment = (await own.call("POST", "/experiments", { name: "exact", ...parts })).body.id as string;
  await until("the experiment to end", async () =>
    (await own.call("GET", `/experiments/${experiment}`)).body.state === "running" ? undefined : true,
  );
  const label = `/prompts/${promptId}/labels/gated`;
  await own.call("PUT", `${label}/gate`, { datasetId, evaluatorId, minMean: 1 });
  await own.call("PUT", label, { version: 1, override: { reason: "For a test." } });
}

/** Queues executions that no worker is there to take. */
const queueMany = (tenant: string): Promise<object[]> =>
  rows(
    `INSERT INTO executions (tenant_id, prompt_id, prompt_version, model, messages, parameters, deadline_at)
      SELECT tenant_id, id, 1, 'simulated', '[]', '{}', now() + interval '1 hour' FROM prompts, generate_series(1, ${MANY})
      WHERE tenant_id = $1 AND name = 'echo'`,
    tenant,
  );

/** Lets a worker that is no more hold one of the executions that wait. */
async function leaseOne(tenant: string): Promise<void> {
  await rows(
    `WITH taken AS (
        UPDATE executions SET state = 'running', attempt = attempt + 1
        WHERE id = (SELECT id FROM executions WHERE tenant_id = $1 AND state = 'queued' LIMIT 1) RETURNING *
      )
      INSERT INTO leases (execution_id, tenant_id, model, accepted_on, attempt, last_seq, worker, expires_at)
      SELECT id, tenant_id, model, accepted_on, attempt, last_seq, gen_random_uuid(), now() + interval '1 hour' FROM taken`,
    tenant,
  );
}

/** Archives one of the executions that wait, as if it had ended long ago. */
async function archiveOne(tenant: string): Promise<string[]> {
  await rows(
    `UPDATE executions SET state = 'cancelled', finished_at = now() - interval '100 days'
      WHERE id = (SELECT id FROM executions WHERE tenant_id = $1 AND state = 'queued' LIMIT 1)`,
    tenant,
  );
  return archiveNow(stack, tenant);
}

/** How many rows a tenant has, by table. */
async function countsOf(tenant: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const [found] = await rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table} WHERE tenant_id = $1`,
      tenant,
    );
    counts[table] = found?.count ?? 0;
  }
  const [threads] = await rows<{ count: number }>(
    "SELECT count(*)::int AS count FROM checkpoints WHERE thread_id NOT IN (SELECT id::text FROM executions WHERE tenant_id <> $1)",
    tenant,
  );
  return { ...counts, checkpoints: threads?.count ?? 0 };
}

/** Has a tenant erased now, not in a minute. */
async function erase({ id }: Kept): Promise<void> {
  const { status } = await operator.call("POST", `/admin/tenants/${id}/erase`, { confirm: id });
  expect(status).toBe(202);
  await rows("UPDATE erasures SET due_at = now() WHERE tenant_id = $1", id);
}

const read = async ({ id }: Kept): Promise<{ state: string; name: string; erasure: { rows: number } }> =>
  (await operator.call("GET", `/admin/tenants/${id}`)).body;

const erased = (kept: Kept): Promise<true> =>
  until("it to be erased", async () => ((await read(kept)).state === "erased" ? true : undefined));

describe("the catalogue of the database", () => {
  test("has no table of which an erasure and an export have not been thought", async () => {
    const nameless = await tablesWith(
      "NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'tenant_id')",
    );
    expect(nameless.toSorted()).toEqual(Object.keys(NAMELESS).toSorted());
    const counts = await countsOf(one.id);
    const empty = Object.keys(counts).filter((table) => counts[table] === 0);
    // Nobody has erased anything.
    expect(empty).toEqual(["erasures"]);
  });
});

describe("an export", () => {
  interface Line {
    readonly table?: string;
    readonly row?: Readonly<Record<string, unknown>>;
    readonly rows?: number;
  }
  const exportOf = async ({ own }: Kept): Promise<string> =>
    (await fetch(`${stack.url}/organization/export`, { headers: { authorization: `Bearer ${own.key}` } })).text();
  const linesOf = (text: string): Line[] =>
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);

  test("has each row of each table of the tenant, and ends with their number", async () => {
    const lines = linesOf(await exportOf(one));
    expect(lines.at(-1)).toEqual({ rows: lines.length - 1 });
    const found: Record<string, Set<string>> = {};
    for (const { table = "", row } of lines.slice(0, -1)) (found[table] ??= new Set()).add(JSON.stringify(row));
    const { checkpoints, ...counts } = await countsOf(one.id);
    for (const table of Object.keys(NOT_EXPORTED)) Reflect.deleteProperty(counts, table);
    // A row of events that were compacted holds several.
    const [events] = await rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM executions, LATERAL execution_events_after(accepted_on, id, 0, 2147483647)
        WHERE executions.tenant_id = $1`,
      one.id,
    );
    expect(Object.fromEntries(Object.entries(found).map(([table, { size }]) => [table, size]))).toEqual({
      ...counts,
      executions: (counts["executions"] ?? 0) + (counts["archived_executions"] ?? 0),
      execution_events: events?.count,
      tenants: 1,
    });
    expect(counts["executions"]).toBeGreaterThan(MANY);
    expect(checkpoints).toBeGreaterThan(0);
  });

  test("has no secret, no hash of one, and nothing of another tenant", async () => {
    const text = await exportOf(one);
    // Postgres writes bytes so.
    expect(text).not.toMatch(/"\\\\x|scrypt/);
    expect(text).not.toContain(two.id);
    expect(text).not.toContain("two");
    expect(text).toContain("owner@one.example");
  });
});

describe("an erasure of a tenant", () => {
  test("asks for the tenant's id again", async () => {
    for (const body of [{}, { confirm: "" }, { confirm: one.id }])
      expect((await operator.call("POST", `/admin/tenants/${two.id}/erase`, body)).status).toBe(400);
    expect((await read(two)).state).toBe("active");
  });

  test("goes on where it was when the process that does it is killed, and leaves nothing but the record", async () => {
    const [before, others] = [await countsOf(one.id), await countsOf(two.id)];
    const blocker = new Client({ connectionString: stack.platform.databaseUrl });
    await blocker.connect();
    await blocker.query("BEGIN");
    await blocker.query("SELECT FROM prompts WHERE tenant_id = $1 FOR UPDATE", [one.id]);
    await erase(one);
    expect((await operator.call("POST", `/admin/tenants/${one.id}/resume`)).body).toMatchObject({ code: "erased" });
    // Executions go before their prompt, which waits for the blocker.
    await until("the executions to be erased", async () =>
      (await countsOf(one.id))["users"] === 0 ? true : undefined,
    );
    const half = await countsOf(one.id);
    expect([half["executions"], half["prompts"]]).toEqual([0, before["prompts"]]);
    expect((await read(one)).state).toBe("erasing");
    await stack.api.kill();
    await blocker.query("ROLLBACK");
    await blocker.end();
    const again = await stack.platform.startApi();
    operator = tenantWith(`http://127.0.0.1:${again.ports["http"] ?? 0}`, operator.key);
    await erased(one);
    const after = await countsOf(one.id);
    expect(Object.keys(after).filter((table) => after[table] !== 0)).toEqual(Object.keys(KEPT));
    expect(await countsOf(two.id)).toEqual(others);
    expect(await archiveNow(stack, one.id)).toEqual([]);
    expect(await archiveNow(stack, two.id)).toHaveLength(3);
  });

  test("takes the name, is recorded with times and a number of rows, and happens once", async () => {
    const found = await read(one);
    expect(found).toMatchObject({
      name: `erased ${one.id}`,
      erasure: { requestedAt: expect.any(String), finishedAt: expect.any(String) },
    });
    expect(found.erasure.rows).toBeGreaterThan(MANY);
    expect((await operator.call("POST", `/admin/tenants/${one.id}/erase`, { confirm: one.id })).body).toEqual(found);
    expect((await operator.call("POST", `/admin/tenants/${one.id}/suspend`)).body).toMatchObject({ code: "erased" });
    expect((await operator.call("POST", "/admin/tenants", { name: "one" })).status).toBe(201);
  });

  test("begins a minute after it was asked for, when no request that began before can write any more", async () => {
    const { body } = await operator.call("POST", "/admin/tenants", { name: "later" });
    const { erasure } = (
      await operator.call("POST", `/admin/tenants/${body.tenant.id}/erase`, { confirm: body.tenant.id })
    ).body;
    expect(Date.parse(erasure.dueAt) - Date.parse(erasure.requestedAt)).toBe(60_000);
    expect((await rows("SELECT FROM erasures WHERE tenant_id = $1 AND rows > 0", body.tenant.id)).length).toBe(0);
  });
});
