import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { takeLeases } from "../../services/shared/executions/claim.ts";
import type { Lease } from "../../services/shared/executions/lease.ts";
import { endAttempt } from "../../services/shared/executions/end-attempt.ts";
import { WORKFLOWS } from "../../services/shared/workflows/queue.ts";
import { endpoint, type ExecutionDatabase, roomFor, startExecutionDatabase } from "../services/execution-database.ts";
import { modelWith } from "../services/model-with.ts";

const LIMIT = 3;
const ended = { state: "succeeded", output: "", usage: {}, finishReason: "stop" } as const;
const second = { ...endpoint, url: "http://second/v1", models: [modelWith({ name: "second" })] };

let database: ExecutionDatabase;
let limited: string;
let other: string;
beforeAll(async () => {
  database = await startExecutionDatabase();
  [limited, other] = [await database.tenant("limited"), await database.tenant("other")];
  await database.rows("UPDATE tenants SET max_running = $1 WHERE id = $2", [LIMIT, limited]);
});
afterAll(async () => {
  await database.stop();
});
beforeEach(async () => {
  await database.rows("TRUNCATE executions, leases, turns, paces CASCADE");
});

const take = async (room: number, of: Parameters<typeof takeLeases>[1] = endpoint): Promise<readonly Lease[]> =>
  (await takeLeases(database.worker, of, roomFor(room))).leases;
const of = (tenant: string, leases: readonly Lease[]): number =>
  leases.filter((lease) => lease.tenant === tenant).length;

describe("a tenant with a limit on what it runs at once", () => {
  test("runs that many, and leaves the other places to those who wait behind it", async () => {
    await database.queue(limited, 100);
    await database.queue(other, 100);
    const taken = [...(await take(20)), ...(await take(6))];
    expect([of(limited, taken), of(other, taken)]).toEqual([LIMIT, 20 - LIMIT]);
  });

  test("runs another one when one has ended", async () => {
    await database.queue(limited, 10);
    const [first] = await take(20);
    expect(await take(20)).toEqual([]);
    await endAttempt(database.worker, first as Lease, ended);
    expect(await take(20)).toHaveLength(1);
  });

  test("runs that many over all endpoints together, also when all of them are asked at the same time", async () => {
    await database.queue(limited, 50);
    await database.queue(limited, 50, { model: "second" });
    for (let round = 0; round < 20; round++) {
      const claims = await Promise.all([take(2), take(2, second), take(2), take(2, second)]);
      const [running] = await database.rows<{ count: number }>("SELECT count(*)::int FROM leases");
      expect(running?.count).toBeLessThanOrEqual(LIMIT);
      for (const lease of claims.flat()) if (round % 2 === 1) await endAttempt(database.worker, lease, ended);
    }
    await database.rows("DELETE FROM leases");
    expect(await take(20)).toHaveLength(LIMIT);
  });

  test("runs no more when workers were lost with its executions", async () => {
    const ids = await database.queue(limited, 10);
    await database.rows("UPDATE executions SET losses = 1 WHERE id = ANY ($1)", [ids.slice(0, 5)]);
    expect(await take(20)).toHaveLength(LIMIT);
    await database.rows("DELETE FROM leases");
    await database.rows("UPDATE executions SET state = 'queued', losses = 2 WHERE state = 'running'");
    // One alone, with which several workers were lost; two with which one was; and none besides.
    const taken = await take(20);
    expect(taken.map(({ losses }) => losses).toSorted()).toEqual([1, 1, 2]);
  });

  test("runs any number of workflows, which hold no model", async () => {
    await database.queue(limited, LIMIT);
    await database.queue(limited, 10, { model: "" });
    expect(await take(20, WORKFLOWS)).toHaveLength(10);
    expect(await take(20)).toHaveLength(LIMIT);
  });

  test("is left to the endpoint that counts it, and taken by another one next time", async () => {
    await database.queue(limited, 5, { model: "second" });
    await database.rows("BEGIN");
    await database.rows("SELECT pg_advisory_xact_lock(hashtext('tenant'), hashtext($1))", [limited]);
    expect(await take(20, second)).toEqual([]);
    await database.rows("ROLLBACK");
    expect(await take(20, second)).toHaveLength(LIMIT);
  });

  test("is taken over by a model's fallback no further than its limit", async () => {
    const ids = await database.queue(limited, 5);
    await database.rows("UPDATE executions SET fallbacks = '{second}' WHERE id = ANY ($1)", [ids]);
    const { leases } = await takeLeases(database.worker, second, roomFor(20), new Map([["simulated", "second"]]));
    expect(leases.map(({ model }) => model)).toEqual(["second", "second", "second"]);
  });

  test("slows nobody else down in what the API expects: what it holds back itself is no backlog of the endpoint", async () => {
    await database.queue(limited, 100);
    expect((await takeLeases(database.worker, endpoint, roomFor(20))).more).toBe(false);
    expect(await database.rows("SELECT FROM paces")).toEqual([]);
    await database.queue(other, 100);
    expect((await takeLeases(database.worker, endpoint, roomFor(20))).more).toBe(true);
    expect(await database.rows("SELECT FROM paces")).toHaveLength(1);
  });
});
