import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { takeLeases } from "../../services/shared/executions/claim.ts";
import type { Lease } from "../../services/shared/executions/lease.ts";
import { sweep } from "../../services/shared/executions/sweep.ts";
import { endAttempt } from "../../services/shared/executions/write.ts";
import { endpoint, type ExecutionDatabase, roomFor, startExecutionDatabase } from "./execution-database.ts";

let database: ExecutionDatabase;
let tenant: string;
beforeAll(async () => {
  database = await startExecutionDatabase();
  tenant = await database.tenant("one");
});
afterAll(async () => {
  await database.stop();
});
beforeEach(async () => {
  await database.rows("TRUNCATE executions, leases, turns, paces CASCADE");
});

const take = async (worker: string): Promise<readonly Lease[]> =>
  (await takeLeases(database.worker, endpoint, roomFor(100, worker))).leases;

/** Lets a worker's leases expire, and another sweep them. */
async function lose(worker: string): Promise<void> {
  // One is enough: its worker renews all of them at once.
  await database.rows(
    `UPDATE leases SET expires_at = now() - interval '1 s'
    WHERE execution_id = (SELECT execution_id FROM leases WHERE worker = $1 LIMIT 1)`,
    [worker],
  );
  await sweep(database.worker);
}

const endPauses = (): Promise<unknown> => database.rows("UPDATE executions SET due_at = now() WHERE state = 'queued'");

describe("executions of a lost worker", () => {
  test("come back together after a pause, which grows", async () => {
    await database.queue(tenant, 3);
    const pauses = [];
    for (let loss = 0; loss < 3; loss++) {
      const worker = randomUUID();
      // After two losses, one at a time.
      expect(await take(worker)).toHaveLength(loss < 2 ? 3 : 1);
      await lose(worker);
      const [row] = await database.rows<{ seconds: number }>(
        "SELECT max(extract(epoch FROM due_at - now()))::float8 AS seconds FROM executions WHERE state = 'queued'",
      );
      pauses.push(row?.seconds ?? 0);
      await endPauses();
    }
    for (const [loss, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThan(2 ** loss / 2 - 0.5);
      expect(pause).toBeLessThanOrEqual(2 ** loss);
    }
  });
});

describe("an execution that kills its workers", () => {
  test("is quarantined alone, and all that ran beside it ends well", async () => {
    const ids = await database.queue(tenant, 200);
    const killer = ids[42] ?? "";
    let lost = 0;
    for (let round = 0; ; round++) {
      const workers = [randomUUID(), randomUUID(), randomUUID()];
      const taken: (readonly Lease[])[] = [];
      for (const worker of workers) taken.push(await take(worker));
      if (taken.flat().length === 0) break;
      for (const [index, leases] of taken.entries()) {
        if (leases.some(({ id }) => id === killer)) {
          lost += 1;
          await lose(workers[index] ?? "");
        } else {
          for (const lease of leases)
            await endAttempt(database.worker, lease, { state: "succeeded", output: "", usage: {} });
        }
      }
      // Others come meanwhile.
      await database.queue(tenant, 20);
      await endPauses();
      if (round > 50) throw new Error("It takes too many rounds.");
      if (lost === 4) break;
    }
    for (;;) {
      const leases = await take(randomUUID());
      if (leases.length === 0) break;
      for (const lease of leases) await endAttempt(database.worker, lease, { state: "succeeded", output: "", usage: {} });
    }
    expect(lost).toBe(4);
    const failed = await database.rows("SELECT id, state, error->>'code' AS code FROM executions WHERE state <> 'succeeded'");
    expect(failed).toEqual([{ id: killer, state: "failed", code: "quarantined" }]);
    expect(await database.rows("SELECT data FROM execution_events WHERE type = 'job_failed'")).toEqual([
      { data: { error: expect.objectContaining({ code: "quarantined" }) } },
    ]);
  });
});
