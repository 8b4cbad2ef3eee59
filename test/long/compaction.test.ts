import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { ExecutionEvent } from "../../services/shared/executions/events.ts";
import { startStack, type Stack, type Tenant, until } from "../services/stack.ts";
import { workersOf } from "./workers.ts";

let stack: Stack;
let tenant: Tenant;
let prompt: string;
let admin: Client;
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  tenant = await stack.tenant("one");
  prompt = await tenant.prompt("echo");
  admin = new Client({ connectionString: stack.platform.databaseUrl });
  await admin.connect();
  await admin.query(`
    CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$;
    CREATE TRIGGER wait_for_test BEFORE INSERT ON execution_events FOR EACH ROW
      WHEN (NEW.first_seq IS NOT NULL) EXECUTE FUNCTION wait_for_test()`);
});
afterAll(async () => {
  await admin.end();
  await stack.stop();
});

// After the workers are killed: hooks run in reverse order.
afterEach(() => release());
const startWorker = workersOf(() => stack);

/** Keeps compactions from committing: they wait in the middle, when rows are deleted and none is added. */
const hold = (): Promise<unknown> => admin.query("SELECT pg_advisory_lock(1)");
const release = (): Promise<unknown> => admin.query("SELECT pg_advisory_unlock_all()");

interface Stored {
  readonly rows: number;
  readonly waiting: boolean;
}
async function storedOf(id: string): Promise<Stored> {
  const { rows } = await admin.query<Stored>(
    `SELECT (SELECT count(*)::int FROM execution_events WHERE execution_id = $1) AS rows,
      EXISTS (SELECT FROM compactions WHERE execution_id = $1) AS waiting`,
    [id],
  );
  return rows[0] ?? { rows: 0, waiting: false };
}
const compacted = (id: string): Promise<Stored> =>
  until("the execution to be compact", async () => {
    const stored = await storedOf(id);
    return stored.waiting ? undefined : stored;
  });
const underWay = (): Promise<number> =>
  until("a compaction to be under way", async () => {
    const { rows } = await admin.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory' AND query LIKE '%compact_next_events%'",
    );
    return rows[0]?.pid;
  });

const readAfter = async (id: string, after: number): Promise<ExecutionEvent[]> =>
  (await tenant.call<{ events: ExecutionEvent[] }>("GET", `/executions/${id}/events?after=${after}`)).body.events;
async function sentAfter(id: string, after: number): Promise<unknown[]> {
  const headers = { authorization: `Bearer ${tenant.key}`, accept: "text/event-stream" };
  const text = await (await fetch(`${stack.url}/executions/${id}/stream?after=${after}`, { headers })).text();
  return text.split("\n\n").filter((block) => block.startsWith("id:"));
}
/** What a client gets after each number, over each transport. */
async function allOf(id: string, last: number): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let after = 0; after <= last; after++)
    found.push(await Promise.all([readAfter(id, after), sentAfter(id, after), tenant.follow(id, after)]));
  return found;
}

describe("an execution that has ended", () => {
  test("is compacted by a worker, and reads the same after any number, over GET, server-sent events and WebSocket", async () => {
    await hold();
    await startWorker("plain");
    const id = await tenant.execute(prompt, "one");
    const last = (await tenant.follow(id)).at(-1)?.seq ?? 0;
    const before = await allOf(id, last);
    expect(last).toBeGreaterThan(30);
    expect((await storedOf(id)).rows).toBe(last);
    await release();
    expect(await compacted(id)).toEqual({ rows: 3, waiting: false });
    expect(await allOf(id, last)).toEqual(before);
  });

  test("is compacted, too, when its tenant has cancelled it", async () => {
    await startWorker("cancelled");
    const long = await tenant.prompt("long", { parameters: { max_tokens: 5_000 } });
    const id = await tenant.execute(long, "cancelled");
    await tenant.follow(id, 0, ({ seq }) => seq > 5);
    await tenant.call("POST", `/executions/${id}/cancel`);
    const { rows } = await compacted(id);
    const events = await tenant.follow(id);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect([events.at(-1)?.type, rows < events.length]).toEqual(["job_cancelled", true]);
  });

  test("is exported as before, in the same lines", async () => {
    const lines = async (id: string): Promise<string[]> => {
      const headers = { authorization: `Bearer ${tenant.key}` };
      const text = await (await fetch(`${stack.url}/organization/export`, { headers })).text();
      return text.split("\n").filter((line) => line.startsWith('{"table":"execution_events"') && line.includes(id));
    };
    await hold();
    await startWorker("exported");
    const long = await tenant.prompt("exported", { parameters: { max_tokens: 1_200 } });
    const id = await tenant.execute(long, "exported");
    await tenant.follow(id);
    const before = await lines(id);
    expect(before).toHaveLength(1_202);
    await release();
    await compacted(id);
    expect(await lines(id)).toEqual(before);
  });
});

describe("a client that reads while the compaction commits", () => {
  test("gets each event once: the pages that come later go on where the first ended", async () => {
    await hold();
    await startWorker("pages");
    const long = await tenant.prompt("pages", { parameters: { max_tokens: 2_500 } });
    const id = await tenant.execute(long, "pages");
    const all = await tenant.follow(id);
    await underWay();
    const first = await readAfter(id, 0);
    await release();
    await compacted(id);
    const second = await readAfter(id, 1_000);
    const third = await readAfter(id, 2_000);
    expect([...first, ...second, ...third].map((event) => ({ execution: id, ...event }))).toEqual(all);
  });

  test("and is slow goes on over its WebSocket, in order and to the end", async () => {
    const id = await tenant.execute(prompt, "slow");
    await tenant.call("POST", `/executions/${id}/cancel`);
    // As many as no socket holds.
    const count = 20_000;
    await admin.query(
      `INSERT INTO execution_events (accepted_on, execution_id, tenant_id, seq, attempt, type, data)
        SELECT accepted_on, id, tenant_id, last_seq + number, 0, 'token_chunk', jsonb_build_object('text', repeat('x', 4000))
        FROM executions, generate_series(1, $2::int) AS number WHERE id = $1`,
      [id, count],
    );
    await admin.query(
      "INSERT INTO compactions (execution_id, tenant_id, accepted_on) SELECT id, tenant_id, accepted_on FROM executions WHERE id = $1",
      [id],
    );
    await hold();
    await startWorker("slow");
    await underWay();
    const socket = new WebSocket(`${stack.url.replace("http", "ws")}/executions/${id}/stream`, {
      headers: { authorization: `Bearer ${tenant.key}` },
    });
    const seen: number[] = [];
    socket.on("message", (data: Buffer) => {
      seen.push((JSON.parse(data.toString()) as ExecutionEvent).seq);
      if (seen.length === 1) socket.pause();
    });
    await until("it to begin", () => Promise.resolve(seen.length > 0 || undefined));
    await release();
    expect((await compacted(id)).rows).toBeLessThan(100);
    const before = seen.length;
    socket.resume();
    await until("the rest", () => Promise.resolve(seen.length > count || undefined));
    socket.terminate();
    expect(before).toBeLessThan(count);
    expect(seen).toEqual(Array.from({ length: count + 1 }, (_, index) => index + 1));
  });
});

describe("a worker that is killed in the middle of a compaction", () => {
  test.each(["is undone", "is committed"])("loses nothing and doubles nothing when its transaction %s", async (end) => {
    await hold();
    const worker = await startWorker(`killed, and ${end}`);
    const id = await tenant.execute(prompt, end);
    const before = await tenant.follow(id);
    const pid = await underWay();
    await worker.kill();
    expect(await tenant.follow(id)).toEqual(before);
    // The server of a killed client goes on to the end of the statement, unless it is lost, too.
    if (end === "is undone") await admin.query("SELECT pg_terminate_backend($1)", [pid]);
    await release();
    if (end === "is undone") {
      await until("the connection to end", async () => {
        const { rows } = await admin.query("SELECT FROM pg_stat_activity WHERE pid = $1", [pid]);
        return rows.length === 0 || undefined;
      });
      expect(await storedOf(id)).toEqual({ rows: before.length, waiting: true });
      expect(await tenant.follow(id)).toEqual(before);
      await startWorker("next");
    }
    expect(await compacted(id)).toEqual({ rows: 3, waiting: false });
    expect(await tenant.follow(id)).toEqual(before);
  });
});

test("an execution whose events Postgres refuses to take keeps no other waiting", async () => {
  await startWorker("refused");
  await hold();
  const [poisoned, other] = [await tenant.execute(prompt, "poisoned"), await tenant.execute(prompt, "other")];
  await admin.query(
    `ALTER TABLE execution_events ADD CONSTRAINT refused CHECK (execution_id <> '${poisoned}' OR first_seq IS NULL) NOT VALID`,
  );
  await Promise.all([tenant.follow(poisoned), tenant.follow(other)]);
  await release();
  expect((await compacted(other)).rows).toBe(3);
  expect((await storedOf(poisoned)).waiting).toBe(true);
  await admin.query("ALTER TABLE execution_events DROP CONSTRAINT refused");
  expect((await compacted(poisoned)).rows).toBe(3);
});
