import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServiceProcess } from "../../local/service-process.ts";
import { startStack, type Stack, type Tenant, until } from "../services/stack.ts";
import { type Total, UsageDatabase } from "../services/usage-events.ts";

const price = { input: 0.25, output: 1.25, asOf: "2026-11-29" };
let stack: Stack;
let database: UsageDatabase;
let analytics: ServiceProcess;
let started = 0;
const startAnalytics = async (): Promise<ServiceProcess> =>
  (analytics = await stack.platform.startAnalytics(`analytics-${(started += 1)}`));
beforeAll(async () => {
  stack = await startStack({ models: (url) => [{ name: "simulated", endpoint: `${url}/v1`, price }] });
  database = await UsageDatabase.open(stack.platform.databaseUrl);
  await startAnalytics();
});
afterAll(async () => {
  await database.client.end();
  await stack.stop();
});

const handedOver = (): Promise<true> =>
  until("the outbox to be empty", async () =>
    (await database.count("usage_outbox", "NOT refused")) === 0 ? true : undefined,
  );
const idOf = async (name: string): Promise<string> =>
  (await database.rows<{ id: string }>("SELECT id FROM tenants WHERE name = $1", name))[0]?.id ?? "";

describe("an execution's end is one event", () => {
  let tenant: Tenant;
  const eventsOf = (execution: string): Promise<{ outcome: string; called: boolean; cached: boolean }[]> =>
    database.rows(
      "SELECT outcome, called, cached FROM usage_events WHERE execution_id = $1 ORDER BY ended_at",
      execution,
    );
  const ended = async (execution: string): Promise<string> => {
    await tenant.follow(execution);
    await handedOver();
    return execution;
  };
  beforeAll(async () => {
    tenant = await stack.tenant("ends");
  });

  test("of an answer, a failure that is retried, an answer that is given again, and a cancellation", async () => {
    const prompt = await tenant.prompt("cacheable", { parameters: { temperature: 0 } });
    const succeeded = await ended(await tenant.execute(prompt, "hello"));
    expect(await eventsOf(succeeded)).toEqual([{ outcome: "succeeded", called: true, cached: false }]);
    const again = await ended(await tenant.execute(prompt, "hello"));
    expect(await eventsOf(again)).toEqual([{ outcome: "succeeded", called: false, cached: true }]);
    await stack.fault({ kind: "status", status: 503 });
    const retried = await ended(await tenant.execute(await tenant.prompt("echo"), "again"));
    expect((await eventsOf(retried)).map(({ outcome }) => outcome)).toEqual(["retried", "succeeded"]);
    const endless = await tenant.execute(await tenant.prompt("long", { parameters: { max_tokens: 100_000 } }), "long");
    await tenant.follow(endless, 0, ({ type }) => type === "token_chunk");
    await tenant.call("POST", `/executions/${endless}/cancel`);
    expect((await eventsOf(await ended(endless))).map(({ outcome }) => outcome)).toEqual(["cancelled"]);
  });

  test("of messages without a prompt, which has none either", async () => {
    const messages = [{ role: "user", content: "hello" }];
    const { body } = await tenant.call("POST", "/v1/chat/completions", { model: "simulated", messages });
    await handedOver();
    expect(await eventsOf(body.id as string)).toEqual([{ outcome: "succeeded", called: true, cached: false }]);
    expect(await database.count("usage_events", `execution_id = '${body.id}' AND prompt_id IS NULL`)).toBe(1);
  });

  test("and all of them are what is billed, by day and model", async () => {
    await handedOver();
    const billed = await database.rows(
      `SELECT day::text, model, prompt_tokens, completion_tokens, cost_micro_usd FROM token_usage WHERE tenant_id = $1`,
      await idOf("ends"),
    );
    const counted = await database.rows(
      `SELECT to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, model, sum(prompt_tokens)::bigint AS prompt_tokens,
        sum(completion_tokens)::bigint AS completion_tokens, sum(cost_micro_usd)::bigint AS cost_micro_usd
      FROM usage_hours WHERE tenant_id = $1 GROUP BY 1, 2`,
      await idOf("ends"),
    );
    expect(billed.length).toBeGreaterThan(0);
    expect(counted).toEqual(billed);
  });
});

describe("a day of usage is counted exactly", () => {
  const EVENTS = 20_000;

  test("whichever processes are killed while they count it", async () => {
    await analytics.kill();
    const expected = await database.recordDay(EVENTS, "killed");
    for (const share of [0.1, 0.3, 0.5, 0.7]) {
      await startAnalytics();
      await until(`${share} of the events to be counted`, async () =>
        (await database.count("usage_events", "model <> 'simulated'")) >= share * EVENTS ? true : undefined,
      );
      await analytics.kill();
    }
    expect(await database.count("usage_outbox")).toBeGreaterThan(0);
    await startAnalytics();
    await handedOver();
    expect(await database.counted("killed")).toEqual(expected);
  });

  test("by two processes at once, one of which is killed after it has counted, before it says so", async () => {
    await analytics.kill();
    const expected = await database.recordDay(2_000, "unconfirmed");
    const events = await database.count("usage_events");
    const release = await database.block("usage_outbox", stack.platform.databaseUrl);
    const first = await startAnalytics();
    await startAnalytics();
    await until("both to have counted what they cannot delete", async () =>
      (await database.waiting()) === 2 && (await database.count("usage_events")) > events ? true : undefined,
    );
    await first.kill();
    await release();
    await handedOver();
    expect(await database.counted("unconfirmed")).toEqual(expected);
  });

  test("once, when every event is given again", async () => {
    const before = await database.rows("SELECT * FROM usage_hours ORDER BY tenant_id, hour, model");
    await database.rows(
      `INSERT INTO usage_outbox (tenant_id, event)
      SELECT tenant_id, jsonb_build_object('id', id, 'at', ended_at, 'tenant', tenant_id, 'execution', execution_id, 'prompt', prompt_id,
        'promptVersion', prompt_version, 'attempt', attempt, 'model', model, 'ownModel', own_model, 'outcome', outcome, 'called', called,
        'cached', cached, 'promptTokens', prompt_tokens, 'completionTokens', completion_tokens, 'microUsd', cost_micro_usd)
      FROM usage_events`,
    );
    await handedOver();
    expect(await database.rows("SELECT * FROM usage_hours ORDER BY tenant_id, hour, model")).toEqual(before);
  });
});

describe("an event that cannot be counted", () => {
  test("is a dead letter that stops no other, and is counted once it is put back and can be", async () => {
    const [{ id, tenant_id: tenant } = { id: "", tenant_id: "" }] = await database.rows<{
      id: string;
      tenant_id: string;
    }>("SELECT id, tenant_id FROM usage_events LIMIT 1");
    const nobodys = "00000000-0000-4000-8000-000000000000";
    await database.rows(
      `INSERT INTO usage_outbox (tenant_id, event) VALUES ($1, '"nonsense"'), ($1, '{"id": 1}'), ($1, $2)`,
      ...[tenant, { ...(await eventOf(id)), id: nobodys, tenant: nobodys }],
    );
    const expected = await database.recordDay(500, "beside");
    await handedOver();
    expect(await database.counted("beside")).toEqual(expected);
    expect(await database.count("usage_outbox", "refused")).toBe(3);
    const refusals = stack.lines.filter(({ line }) => line.includes("a usage event is refused"));
    expect(refusals.length).toBeGreaterThan(0);
    expect(refusals.some(({ line }) => line.includes("nonsense"))).toBe(false);
    await until("the metric to say so", async () =>
      (await metricsOf()).includes("promptops_usage_dead_letters 3") ? true : undefined,
    );
    await database.rows("INSERT INTO tenants (id, name) VALUES ($1, 'late')", nobodys);
    await database.rows("UPDATE usage_outbox SET refused = false WHERE refused");
    await until("all but nonsense to be counted", async () =>
      (await database.count("usage_outbox", "refused")) === 2 ? true : undefined,
    );
    expect(await database.count("usage_events", `tenant_id = '${nobodys}'`)).toBe(1);
    await database.rows("DELETE FROM usage_outbox");
  });

  const eventOf = async (id: string): Promise<object> =>
    (
      await database.rows<{ event: object }>(
        `SELECT jsonb_build_object('at', ended_at, 'execution', execution_id, 'prompt', prompt_id, 'promptVersion', 1, 'attempt', 1,
          'model', model, 'ownModel', false, 'outcome', 'failed', 'called', true, 'cached', false, 'promptTokens', 1,
          'completionTokens', 1, 'microUsd', 1) AS event FROM usage_events WHERE id = $1`,
        id,
      )
    )[0]?.event ?? {};
  const metricsOf = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${analytics.ports["metrics"] ?? 0}/metrics`)).text();

  test("because its tenant is erased is dropped, and counted nowhere", async () => {
    await database.recordDay(10, "erased");
    const id = await idOf("erased0");
    await handedOver();
    await database.rows("INSERT INTO erasures (tenant_id, requested_by) VALUES ($1, $1)", id);
    const counted = await database.count("usage_events", `tenant_id = '${id}'`);
    expect(counted).toBe(5);
    await database.rows(
      `INSERT INTO usage_outbox (tenant_id, event)
      SELECT tenant_id, jsonb_build_object('id', gen_random_uuid(), 'at', now(), 'tenant', tenant_id, 'execution', execution_id,
        'prompt', prompt_id, 'promptVersion', 1, 'attempt', 1, 'model', model, 'ownModel', false, 'outcome', 'failed', 'called', true,
        'cached', false, 'promptTokens', 1, 'completionTokens', 1, 'microUsd', 1) FROM usage_events WHERE tenant_id = $1`,
      id,
    );
    await handedOver();
    expect(await database.count("usage_events", `tenant_id = '${id}'`)).toBe(counted);
  });
});

describe("what was counted", () => {
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  let one: Tenant;
  let two: Tenant;
  let expected: Total[];
  beforeAll(async () => {
    [one, two] = [await stack.tenant("reads"), await stack.tenant("reads-too")];
    await database.recordDay(3_000, "of-reports");
    // Each of them is one of the tenants with keys.
    for (const [name, number] of [
      ["reads", 0],
      ["reads-too", 1],
    ] as const)
      await database.rows(
        `UPDATE usage_outbox SET tenant_id = $1, event = event || jsonb_build_object('tenant', $1::uuid)
        WHERE tenant_id = (SELECT id FROM tenants WHERE name = $2)`,
        ...[await idOf(name), `of-reports${number}`],
      );
    await handedOver();
    expected = await database.rows<Total>(
      `SELECT to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, model, sum(calls)::int AS calls,
        sum(prompt_tokens)::int AS "promptTokens", sum(completion_tokens)::int AS "completionTokens", sum(cost_micro_usd)::int AS "microUsd"
      FROM usage_hours WHERE tenant_id = $1 GROUP BY 1, 2 ORDER BY 1, 2`,
      await idOf("reads"),
    );
  });

  test("is read by day and model, of the days that are asked for", async () => {
    const { body } = await one.call("GET", `/usage/daily?from=${yesterday}&to=${yesterday}`);
    expect(body.days).toEqual(expected.map((day) => expect.objectContaining(day)));
    expect(body.days).toHaveLength(3);
    expect((await one.call("GET", "/usage/daily")).body).toEqual(body);
    expect((await one.call("GET", "/usage/daily?from=2020-01-01&to=2020-12-31")).body).toEqual({ days: [] });
  });

  test.each([
    ...["from=2026-11-02&to=2026-11-01", "from=2025-01-01&to=2026-06-01", "from=yesterday"],
    ...["from=0000-01-01&to=0000-01-02", "to=0000-12-31", "to=0001-01-01"],
  ])("is refused for %s, with the rule", async (query) => {
    for (const path of ["daily", "export"]) {
      const { status, body } = await one.call("GET", `/usage/${path}?${query}`);
      expect([status, body.code]).toEqual([400, "invalid_request"]);
      expect(JSON.stringify(body)).toMatch(/from|to/);
    }
  });

  test("is exported event by event, as lines of JSON and as CSV, over several pages, and each export is recorded", async () => {
    const ask = async (format: string): Promise<Response> =>
      fetch(`${stack.url}/usage/export?from=${yesterday}&to=${yesterday}&format=${format}`, {
        headers: { authorization: `Bearer ${one.key}` },
      });
    const json = await ask("ndjson");
    expect(json.headers.get("content-disposition")).toBe(
      `attachment; filename="usage-${yesterday}-${yesterday}.ndjson"`,
    );
    const lines = (await json.text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const events = lines.slice(0, -1);
    expect(lines.at(-1)).toEqual({ rows: 1_500 });
    expect(new Set(events.map(({ id }) => id)).size).toBe(1_500);
    const sum = (model: string, field: string): number =>
      events.filter((event) => event["model"] === model).reduce((total, event) => total + Number(event[field]), 0);
    for (const { model, promptTokens, completionTokens, microUsd } of expected)
      expect([sum(model, "promptTokens"), sum(model, "completionTokens"), sum(model, "microUsd")]).toEqual([
        ...[promptTokens, completionTokens, microUsd],
      ]);
    const csv = await ask("csv");
    expect(csv.headers.get("content-type")).toContain("text/csv");
    const [header = "", ...rows] = (await csv.text()).trim().split("\r\n");
    expect(header.split(",")).toEqual(Object.keys(events[0] ?? {}));
    expect(rows).toEqual(events.map((event) => Object.values(event).join(",")));
    expect((await one.call("GET", "/audit?action=usage.export")).body.events).toHaveLength(2);
  });

  test("is its tenant's alone", async () => {
    const others = (await two.call("GET", "/usage/export")).body as string;
    const own = (await one.call("GET", "/usage/export")).body as string;
    const ids = (text: string): Set<string> => new Set(text.match(/"id":"[^"]+"/g));
    expect(ids(own).size).toBe(1_500);
    expect(ids(others).size).toBe(1_500);
    expect([...ids(own)].filter((id) => ids(others).has(id))).toEqual([]);
    expect((await two.call("GET", "/usage/daily")).body).not.toEqual((await one.call("GET", "/usage/daily")).body);
  });
});

test("the role of analytics reads no prompt, no answer, no key and no user", async () => {
  const { rows } = await database.client.query<{ relname: string }>(
    `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
      AND has_any_column_privilege('promptops_analytics', oid, 'SELECT') ORDER BY 1`,
  );
  expect(rows.map(({ relname }) => relname)).toEqual(["erasures", "usage_events", "usage_hours", "usage_outbox"]);
  const written = await database.rows<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
      AND has_table_privilege('promptops_analytics', oid, 'INSERT, DELETE, TRUNCATE') ORDER BY 1`,
  );
  expect(written.map(({ name }) => name)).toEqual(["usage_events", "usage_hours", "usage_outbox"]);
});
