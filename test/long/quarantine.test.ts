import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { takeLeases } from "../../services/shared/executions/claim.ts";
import type { Lease } from "../../services/shared/executions/lease.ts";
import { sweep } from "../../services/shared/executions/sweep.ts";
import { endAttempt } from "../../services/shared/executions/end-attempt.ts";
import { endpoint, type ExecutionDatabase, roomFor, startExecutionDatabase } from "../services/execution-database.ts";

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

describe("a lost worker", () => {
  test("is blamed on the executions that had most losses before it, and on no other", async () => {
    const [one, two, ...others] = await database.queue(tenant, 6);
    await database.rows("UPDATE executions SET losses = 1 WHERE id = $1", [one]);
    await database.rows("UPDATE executions SET losses = 2 WHERE id = $1", [two]);
    const worker = randomUUID();
    expect(await take(worker)).toHaveLength(6);
    await lose(worker);
    const losses = await database.rows("SELECT id, losses FROM executions ORDER BY id");
    expect(losses).toEqual([
      { id: one, losses: 1 },
      { id: two, losses: 3 },
      ...others.map((id) => ({ id, losses: 0 })),
    ]);
  });

  test("leaves few that were lost once, and one that was more often, to each other worker", async () => {
    const ids = await database.queue(tenant, 90);
    await database.rows("UPDATE executions SET losses = 1 WHERE id = ANY($1)", [ids.slice(0, 40)]);
    await database.rows("UPDATE executions SET losses = 2 WHERE id = ANY($1)", [ids.slice(40, 45)]);
    const taken = await take(randomUUID());
    expect([0, 1, 2].map((count) => taken.filter(({ losses }) => losses === count).length)).toEqual([45, 32, 1]);
  });
});

/** Lets a worker end what it has well, or be lost where the killer is among it. Returns whether it was lost. */
async function runOrLose(worker: string, leases: readonly Lease[], killer: string): Promise<boolean> {
  if (leases.some(({ id }) => id === killer)) {
    await lose(worker);
    return true;
  }
  for (const lease of leases)
    await endAttempt(database.worker, lease, { state: "succeeded", output: "", usage: {}, finishReason: "stop" });
  return false;
}

/** Three workers take what they may, and run it or are lost. Returns how many took something, and how many were lost. */
async function runRound(killer: string): Promise<{ busy: number; lost: number }> {
  const round = { busy: 0, lost: 0 };
  const workers = [];
  for (const worker of [randomUUID(), randomUUID(), randomUUID()]) workers.push({ worker, leases: await take(worker) });
  for (const { worker, leases } of workers.filter((each) => each.leases.length > 0)) {
    round.busy += 1;
    if (await runOrLose(worker, leases, killer)) round.lost += 1;
  }
  await endPauses();
  return round;
}

describe("an execution that kills its workers", () => {
  test("is quarantined alone, and all that ran beside it ends well", async () => {
    const ids = await database.queue(tenant, 200);
    const killer = ids[42] ?? "";
    let lost = 0;
    for (let round = await runRound(killer); round.busy > 0; round = await runRound(killer)) {
      lost += round.lost;
      // While it is about, others come.
      if (round.lost > 0) await database.queue(tenant, 20);
    }
    expect(lost).toBe(4);
    const failed = await database.rows(
      "SELECT id, state, error->>'code' AS code FROM executions WHERE state <> 'succeeded'",
    );
    expect(failed).toEqual([{ id: killer, state: "failed", code: "quarantined" }]);
    expect(await database.rows("SELECT data FROM execution_events WHERE type = 'job_failed'")).toEqual([
      { data: { error: expect.objectContaining({ code: "quarantined" }) } },
    ]);
  });
});
