import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { takeLeases } from "../../services/shared/executions/claim.ts";
import { compactNextEvents, readCompactionDelay } from "../../services/shared/executions/compact.ts";
import { endAttempt, type Outcome } from "../../services/shared/executions/end-attempt.ts";
import type { ExecutionEvent } from "../../services/shared/executions/events.ts";
import type { Lease } from "../../services/shared/executions/lease.ts";
import { readEvents } from "../../services/shared/executions/read-events.ts";
import { appendChunks } from "../../services/shared/executions/write.ts";
import { endpoint, type ExecutionDatabase, roomFor, startExecutionDatabase } from "../services/execution-database.ts";
import { until } from "../services/stack.ts";

const MIGRATION = "../../services/api/migrations/0090_contract-compact-events.sql";
/** Texts that are easily lost: nothing, quotes, what looks like NULL or JSON, line ends, and characters of several bytes. */
const ODD = ["", "NULL", '"', "'", "{}", "\\", "a,b", "\n\r\t", " ", "é", "\u{1F600}", "\uFFFD"];
const DONE: Outcome = { state: "succeeded", output: "x", usage: {}, finishReason: "stop" };
const AGAIN: Outcome = { state: "queued", reason: "model_failed", afterSeconds: 0 };

let database: ExecutionDatabase;
let tenant: string;
beforeAll(async () => {
  database = await startExecutionDatabase();
});
afterAll(async () => {
  await database.stop();
});
beforeEach(async ({ task }) => {
  await database.rows("DELETE FROM compactions");
  tenant = await database.tenant(task.id);
});

async function take(): Promise<Lease> {
  const [lease] = (await takeLeases(database.worker, endpoint, roomFor(1))).leases;
  if (!lease) throw new Error("nothing is due");
  return lease;
}

/** An execution that ended after so many pieces in each attempt, some of them odd. All attempts but the last failed. */
async function executionWith(...pieces: number[]): Promise<string> {
  const [id = ""] = await database.queue(tenant, 1);
  for (const [number, count] of pieces.entries()) {
    const lease = await take();
    const texts = Array.from({ length: count }, (_, index) => ODD[index % 20] ?? `piece ${index} `);
    await appendChunks(
      database.worker,
      texts.map((text) => ({ lease, text })),
    );
    await endAttempt(database.worker, lease, number === pieces.length - 1 ? DONE : AGAIN);
  }
  return id;
}

async function compactAll(): Promise<void> {
  while (await compactNextEvents(database.worker));
}

const rowsOf = async (id: string): Promise<object[]> =>
  database.rows(
    "SELECT row_to_json(events)::text AS row FROM execution_events AS events WHERE execution_id = $1 ORDER BY seq",
    [id],
  );

/** What a reader gets after each number, 40 events at once, with the microseconds of their times. */
const pages = (id: string, source: string): Promise<object[]> =>
  database.rows(
    `SELECT after, array_agg(row_to_json(event)::text ORDER BY event.seq) AS events
    FROM executions, generate_series(0, last_seq + 1) AS after, LATERAL (${source}) AS event WHERE id = $1 GROUP BY after ORDER BY after`,
    [id],
  );
const STORED = `SELECT accepted_on, execution_id, seq, tenant_id, attempt, type, data, created_at FROM execution_events
  WHERE execution_id = id AND seq > after ORDER BY seq LIMIT 40`;
const READ = "SELECT * FROM execution_events_after(executions.accepted_on, id, after, 40)";

const read = (id: string, after: number, reader = tenant): Promise<ExecutionEvent[] | undefined> =>
  database.api.asTenant(reader, async (client) => (await readEvents(client, [{ execution: id, after }])).get(id));

describe("events that were compacted", () => {
  test("read as they were written, after any number, in few rows", async () => {
    const id = await executionWith(45, 1_100);
    const before = [await pages(id, STORED), await rowsOf(id), await read(id, 0), await read(id, 1_000)] as const;
    expect(before[0]).toHaveLength(1_149);
    expect(await pages(id, READ)).toEqual(before[0]);
    await compactAll();
    expect([before[1].length, (await rowsOf(id)).length]).toEqual([1_149, 7]);
    expect(await pages(id, READ)).toEqual(before[0]);
    expect([before[2]?.length, before[3]?.length]).toEqual([1_000, 149]);
    expect([await read(id, 0), await read(id, 1_000)]).toEqual([before[2], before[3]]);
  });

  test("read the same while only a part of them is compact, and the next transaction goes on from there", async () => {
    const id = await executionWith(30, 100);
    const before = await pages(id, STORED);
    const counts: number[] = [];
    for (let count = 1; count > 0;) {
      const { rows } = await database.worker.query<{ count: number }>({
        text: "SELECT compact_next_events(50, 0) AS count",
      });
      count = rows[0]?.count ?? 0;
      counts.push(count);
      expect(await pages(id, READ)).toEqual(before);
    }
    expect(counts).toEqual([50, 50, 34, 0]);
    expect(await rowsOf(id)).toHaveLength(8);
  });

  test("are those of pieces alone: what a piece does not usually hold stays a row of its own", async () => {
    const id = await executionWith(10);
    await database.rows(
      "UPDATE execution_events SET data = data || '{\"more\": 1}' WHERE execution_id = $1 AND seq = 6",
      [id],
    );
    const before = await pages(id, STORED);
    await compactAll();
    expect(await pages(id, READ)).toEqual(before);
    expect(await rowsOf(id)).toHaveLength(2 + 3);
  });

  test("are rows again, equal to the microsecond, when the migration is undone", async () => {
    const id = await executionWith(20, 30);
    const stored = (): Promise<object[]> => database.rows(STORED.replace("id AND seq > after", "$1"), [id]);
    const before = await stored();
    await compactAll();
    expect(await stored()).not.toEqual(before);
    const owner = new Client({ connectionString: database.urls.migrate });
    await owner.connect();
    const [up = "", down = ""] = readFileSync(join(import.meta.dirname, MIGRATION), "utf8").split("-- Down Migration");
    await owner.query(`BEGIN; ${down}; COMMIT`);
    const undone = await stored();
    await owner.query(`BEGIN; ${up}; COMMIT`);
    await owner.end();
    expect(undone).toEqual(before);
    // The functions that statements were prepared with are others now.
    await database.worker.query({ text: "DISCARD PLANS" });
  });
});

describe("compaction", () => {
  test("is of executions that have ended with more than one piece, each once, and two workers take different ones", async () => {
    await database.queue(tenant, 1);
    const running = await take();
    await appendChunks(database.worker, Array(5).fill({ lease: running, text: "x" }));
    await executionWith(1);
    const ids = [await executionWith(2), await executionWith(2)];
    const waiting = async (): Promise<unknown[]> =>
      (await database.rows("SELECT execution_id AS id FROM compactions ORDER BY ended_at")).map(
        ({ id }) => id as unknown,
      );
    expect(await waiting()).toEqual([...ids]);
    const first = new Client({ connectionString: database.urls.worker });
    await first.connect();
    await first.query("BEGIN; SELECT compact_next_events(100, 0)");
    expect(await compactNextEvents(database.worker)).toBe(true);
    expect(await compactNextEvents(database.worker)).toBe(false);
    expect(await waiting()).toEqual([ids[0]]);
    await first.query("COMMIT");
    await first.end();
    expect(await waiting()).toEqual([]);
    for (const id of ids) expect(await rowsOf(id)).toHaveLength(3);
    expect(await rowsOf(running.id)).toHaveLength(6);
  });

  test("says for how long the execution that ended first has waited, and 0 when none waits", async () => {
    const [first, second] = [await executionWith(2), await executionWith(2)];
    await database.rows("UPDATE compactions SET ended_at = now() - interval '1 hour' WHERE execution_id = $1", [
      second,
    ]);
    expect(Math.floor((await readCompactionDelay(database.worker)) / 3_600)).toBe(1);
    await compactNextEvents(database.worker);
    expect(await database.rows("SELECT execution_id FROM compactions")).toEqual([{ execution_id: first }]);
    await compactAll();
    expect(await readCompactionDelay(database.worker)).toBe(0);
  });

  test("gives a worker no other right on events, and nobody else that one", async () => {
    const id = await executionWith(5);
    await compactAll();
    for (const text of [
      "DELETE FROM execution_events",
      "UPDATE execution_events SET seq = 1",
      "DELETE FROM compactions",
    ])
      await expect(database.worker.query({ text })).rejects.toThrow(/permission denied/);
    await expect(database.api.query({ text: "SELECT compact_next_events(1, 0)" })).rejects.toThrow(/permission denied/);
    await expect(database.api.query({ text: "SELECT FROM compactions" })).rejects.toThrow(/permission denied/);
    const other = await database.tenant(`other than ${tenant}`);
    expect([(await read(id, 0))?.length, await read(id, 0, other)]).toEqual([7, undefined]);
  });

  test("that is under way keeps an erasure waiting, which then finds all; one under way puts compaction off", async () => {
    const [first, second] = [await executionWith(50), await executionWith(50)];
    await database.rows(
      "INSERT INTO erasures (tenant_id, requested_by, due_at) VALUES ($1, gen_random_uuid(), now())",
      [tenant],
    );
    const compacting = new Client({ connectionString: database.urls.worker });
    await compacting.connect();
    await compacting.query("BEGIN; SELECT compact_next_events(1000, 0)");
    const erasing = database.api.query<{ count: number }>({ text: "SELECT erase_next(100) AS count" });
    await until("the erasure to wait", async () => {
      const [found] = await database.rows(
        "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%erase_next%'",
      );
      return found;
    });
    await compacting.query("COMMIT");
    await erasing;
    await compacting.end();
    expect([await rowsOf(first), await rowsOf(second)]).toEqual([[], []]);
    expect(await database.rows("SELECT FROM compactions")).toEqual([]);

    const third = await executionWith(50);
    const locking = new Client({ connectionString: database.urls.admin("promptops_api") });
    await locking.connect();
    await locking.query("BEGIN");
    await locking.query("SELECT FROM executions WHERE id = $1 FOR UPDATE", [third]);
    expect(await compactNextEvents(database.worker)).toBe(false);
    await locking.query("ROLLBACK");
    await locking.end();
    expect(await compactNextEvents(database.worker)).toBe(true);
  });
});
