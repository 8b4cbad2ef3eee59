import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../services/shared/database/pool.ts";
import { cancelExecution } from "../../services/shared/executions/cancel.ts";
import { type Lease, renewLeases } from "../../services/shared/executions/lease.ts";
import { lockStatement, takeLeases } from "../../services/shared/executions/claim.ts";
import { sweep } from "../../services/shared/executions/sweep.ts";
import { endAttempt } from "../../services/shared/executions/end-attempt.ts";
import { appendChunks } from "../../services/shared/executions/write.ts";
import { endpoint, type ExecutionDatabase, roomFor, startExecutionDatabase } from "../services/execution-database.ts";
import { until } from "../services/stack.ts";

let database: ExecutionDatabase;
let tenant: string;
let leases: [Lease, Lease, Lease];
beforeAll(async () => {
  database = await startExecutionDatabase();
  tenant = await database.tenant("one");
});
afterAll(async () => {
  await database.stop();
});
beforeEach(async () => {
  await database.rows("DELETE FROM executions");
  await database.queue(tenant, 3);
  // The last is taken first, so that the order on disk is not that of the ids.
  await database.rows(
    "UPDATE executions SET due_at = now() - (due_at - now()) - interval '1 day' WHERE state = 'queued'",
  );
  const taken = [];
  for (let count = 0; count < 3; count++)
    taken.push(...(await takeLeases(database.worker, endpoint, roomFor(1))).leases);
  leases = taken.toSorted((one, other) => (one.id < other.id ? -1 : 1)) as typeof leases;
});

/** Statements of one open transaction of the worker's role. */
async function openTransaction(): Promise<{ database: Database; commit: () => Promise<void> }> {
  const client = new Client({ connectionString: database.urls.worker });
  await client.connect();
  await client.query("BEGIN");
  return {
    database: { pool: client, query: client.query.bind(client) } as unknown as Database,
    commit: async () => {
      await client.query("COMMIT");
      await client.end();
    },
  };
}

const somebodyWaits = (): Promise<true> =>
  until("a statement to wait for a lock", async () => {
    const waiting = await database.rows("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    return waiting.length > 0 || undefined;
  });

const chunksOf = (of: readonly Lease[]): Parameters<typeof appendChunks>[1] =>
  of.map((lease) => ({ lease, text: "x" }));

const numbersOf = async (id: string): Promise<number[]> =>
  (
    await database.rows<{ seq: string }>("SELECT seq FROM execution_events WHERE execution_id = $1 ORDER BY seq", [id])
  ).map(({ seq }) => Number(seq));

describe("writes that meet", () => {
  test.each([
    ["chunks", (backwards: Lease[]) => appendChunks(database.worker, chunksOf(backwards))],
    ["renewals", (backwards: Lease[]) => renewLeases(database.worker, backwards)],
  ])("%s lock leases in the order of their ids, whatever the order in which they come", async (_, write) => {
    const [first, second, third] = leases;
    const other = await openTransaction();
    await renewLeases(other.database, [second]);
    const writing = write([third, second, first]);
    await somebodyWaits();
    // A deadlock, if the writer that waits for the second already had the third.
    await renewLeases(other.database, [third]);
    await other.commit();
    await writing;
    expect(database.lines).toEqual([]);
  });

  test("are tried again when Postgres ends one of them for a deadlock", async () => {
    const [first, second] = leases;
    const held: (() => void)[] = [];
    const bothHold = new Promise<void>((resolve) => {
      held.push(() => held.length === 3 && resolve());
    });
    // Against the order on purpose.
    const crossing = (one: Lease, other: Lease): Promise<unknown> =>
      database.worker.transaction(async (client) => {
        const lock = (id: string): Promise<unknown> =>
          client.query("SELECT FROM leases WHERE execution_id = $1 FOR UPDATE", [id]);
        await lock(one.id);
        held.push(() => undefined);
        held[0]?.();
        await bothHold;
        await lock(other.id);
      });
    await Promise.all([crossing(first, second), crossing(second, first)]);
    expect(database.lines.splice(0).map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        msg: "a transaction met another one; it is tried again",
        err: expect.objectContaining({ code: "40P01" }),
      }),
    ]);
  });

  test("leave no gap where a tenant cancels while its worker writes", async () => {
    const [lease] = leases;
    const other = await openTransaction();
    await appendChunks(other.database, chunksOf([lease, lease]));
    const cancelling = database.api.asTenant(tenant, (client) => cancelExecution(client, lease.id));
    await somebodyWaits();
    await other.commit();
    expect(await cancelling).toBe(true);
    expect((await appendChunks(database.worker, chunksOf([lease]))).held.size).toBe(0);
    expect(
      await endAttempt(database.worker, lease, { state: "succeeded", output: "", usage: {}, finishReason: "stop" }),
    ).toBe(false);
    expect(await numbersOf(lease.id)).toEqual([1, 2, 3, 4]);
    expect(await database.rows("SELECT last_seq FROM executions WHERE id = $1", [lease.id])).toEqual([{ last_seq: 4 }]);
  });

  test("wait for no worker that is frozen in the middle of a claim", async () => {
    await database.queue(tenant, 1);
    let thaw = (): void => undefined;
    const frozen = database.worker
      .transaction(async (client) => {
        await client.query(lockStatement(endpoint));
        await new Promise<void>((resolve) => (thaw = resolve));
      })
      .catch((error: unknown) => error);
    await until("the lock to be held", async () => {
      const held = await database.rows("SELECT FROM pg_locks WHERE locktype = 'advisory'");
      return held.length > 0 || undefined;
    });
    expect((await takeLeases(database.worker, endpoint, roomFor(1))).leases).toHaveLength(1);
    thaw();
    expect(await frozen).toBeInstanceOf(Error);
  });

  test("let a sweep pass: it takes no lease that is being written, and waits for none", async () => {
    const [first, ...others] = leases;
    await database.rows("UPDATE leases SET expires_at = now() - interval '1 s'");
    const other = await openTransaction();
    await renewLeases(other.database, [first]);
    const swept = await sweep(database.worker);
    expect(swept.map(({ id }) => id)).not.toContain(first.id);
    expect(swept.map(({ id }) => id)).toEqual(expect.arrayContaining(others.map(({ id }) => id)));
    await other.commit();
    expect(await sweep(database.worker)).toEqual([]);
  });
});

describe("a chunk", () => {
  test("that Postgres refuses fails its own execution, and the others' are written", async () => {
    const [first, poisoned, third] = leases;
    await database.rows("ALTER TABLE execution_events ADD CONSTRAINT harmless CHECK (data->>'text' <> 'poison')");
    const { held, refused } = await appendChunks(database.worker, [
      ...chunksOf(leases),
      { lease: poisoned, text: "poison" },
      ...chunksOf(leases),
    ]);
    expect([...held].toSorted()).toEqual([first.id, third.id]);
    expect([...refused.keys()]).toEqual([poisoned.id]);
    const numbers = [];
    for (const { id } of leases) numbers.push(await numbersOf(id));
    expect(numbers).toEqual([[1, 2, 3], [1], [1, 2, 3]]);
  });

  test("holds U+FFFD for what Postgres cannot store", async () => {
    const [lease] = leases;
    await appendChunks(database.worker, [{ lease, text: "a\0b\ud800c\udc00d\ud83d\ude00" }]);
    expect(
      await database.rows("SELECT data FROM execution_events WHERE execution_id = $1 AND seq = 2", [lease.id]),
    ).toEqual([{ data: { text: "a\ufffdb\ufffdc\ufffdd\ud83d\ude00" } }]);
  });

  test("of an attempt that another one has followed is not written, also beside one of that attempt", async () => {
    const [lease] = leases;
    await database.rows("UPDATE leases SET expires_at = now() - interval '1 s' WHERE execution_id = $1", [lease.id]);
    await sweep(database.worker);
    await database.rows("UPDATE executions SET due_at = now() WHERE id = $1", [lease.id]);
    const [again] = (await takeLeases(database.worker, endpoint, roomFor(1))).leases;
    const chunks = [lease, again as Lease].map((of) => ({ lease: of, text: `of attempt ${of.attempt}` }));
    await appendChunks(database.worker, chunks);
    const written = await database.rows(
      "SELECT attempt, data FROM execution_events WHERE execution_id = $1 AND type = 'token_chunk'",
      [lease.id],
    );
    expect(written).toEqual([{ attempt: 2, data: { text: "of attempt 2" } }]);
    expect(await numbersOf(lease.id)).toEqual([1, 2, 3, 4]);
  });
});
