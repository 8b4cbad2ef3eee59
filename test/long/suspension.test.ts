import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { takeLeases } from "../../services/shared/executions/claim.ts";
import { countWaiting } from "../../services/shared/executions/counts.ts";
import { endAttempt } from "../../services/shared/executions/end-attempt.ts";
import { renewLeases } from "../../services/shared/executions/lease.ts";
import { endpoint, type ExecutionDatabase, roomFor, startExecutionDatabase } from "../services/execution-database.ts";

let database: ExecutionDatabase;
let one: string;
let two: string;
beforeAll(async () => {
  database = await startExecutionDatabase();
  [one, two] = [await database.tenant("one"), await database.tenant("two")];
});
afterAll(async () => {
  await database.stop();
});
beforeEach(async () => {
  await database.rows("TRUNCATE executions, leases, turns, paces CASCADE");
  await suspend(one, false);
});

const suspend = (tenant: string, suspended = true): Promise<unknown> =>
  database.rows("UPDATE tenants SET suspended_at = CASE WHEN $2::boolean THEN now() END WHERE id = $1", [
    ...[tenant, suspended],
  ]);
const take = (): ReturnType<typeof takeLeases> => takeLeases(database.worker, endpoint, roomFor(100));
const tenantsOf = ({ leases }: Awaited<ReturnType<typeof take>>): string[] => leases.map(({ tenant }) => tenant);

test("workers take nothing of a suspended tenant, and all of it once it is resumed", async () => {
  await database.queue(one, 3);
  await database.queue(two, 2);
  await suspend(one);
  const claim = await take();
  // More would make the worker ask again at once, and forever.
  expect([tenantsOf(claim), claim.more]).toEqual([[two, two], false]);
  expect(await database.rows("SELECT FROM paces")).toEqual([]);
  expect(tenantsOf(await take())).toEqual([]);
  await suspend(one, false);
  expect(tenantsOf(await take())).toEqual([one, one, one]);
});

test("workers take nothing of a suspended tenant that was lost with a worker once, or more often", async () => {
  await database.queue(one, 2);
  await database.rows("UPDATE executions SET losses = 1 WHERE id = (SELECT min(id::text)::uuid FROM executions)");
  await database.rows("UPDATE executions SET losses = 2 WHERE losses = 0");
  await suspend(one);
  expect(tenantsOf(await take())).toEqual([]);
  await suspend(one, false);
  expect(tenantsOf(await take())).toEqual([one, one]);
});

test("what a worker has when its tenant is suspended goes on, and ends", async () => {
  await database.queue(one, 1);
  const [lease] = (await take()).leases;
  if (!lease) throw new Error("nothing was taken");
  await suspend(one);
  expect(await renewLeases(database.worker, [lease])).toEqual(new Set([lease.id]));
  const ended = { state: "succeeded", output: "done", usage: {}, finishReason: "stop" } as const;
  expect(await endAttempt(database.worker, lease, ended)).toBe(true);
});

test("the number of waiting executions, by which workers are added, is without those of suspended tenants", async () => {
  await database.queue(one, 3);
  await database.queue(two, 2);
  await suspend(one);
  expect(await countWaiting(database.worker)).toBe(2);
});
