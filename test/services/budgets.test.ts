import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { acceptExecution } from "../../services/api/accept.ts";
import type { ApiError } from "../../services/api/errors.ts";
import { modelsByName } from "../../services/shared/models/by-name.ts";
import { setLimits, type TenantLimits } from "../../services/api/tenant-limits.ts";
import { takeLeases } from "../../services/shared/executions/claim.ts";
import { endAttempt } from "../../services/shared/executions/end-attempt.ts";
import { Database } from "../../services/shared/database/pool.ts";
import { auditOf } from "./audit-of.ts";
import { endpoint, type ExecutionDatabase, roomFor, startExecutionDatabase } from "./execution-database.ts";
import { modelWith } from "./model-with.ts";

let database: ExecutionDatabase;
let other: Database;
let tenant: string;
let neighbour: string;
beforeAll(async () => {
  database = await startExecutionDatabase();
  other = new Database({ url: database.urls.api, connections: 2, log: database.log });
  tenant = await database.tenant("one");
  neighbour = await database.tenant("two");
});
afterAll(async () => {
  await other.close();
  await database.stop();
});
beforeEach(async () => {
  await database.rows("TRUNCATE executions, leases, turns, paces, token_usage CASCADE");
  await limit({
    softMonthlyTokens: null,
    hardMonthlyTokens: null,
    softMonthlyMicroUsd: null,
    hardMonthlyMicroUsd: null,
  });
});

const limit = (limits: TenantLimits): Promise<boolean> => setLimits(database.admin, tenant, limits);

/** What a replica answers to an execution: the units over a soft limit, or the code of the refusal. */
async function accept(replica = database.api, of = tenant): Promise<readonly string[] | string> {
  const [prompt] = await database.rows<{ id: string }>("SELECT id FROM prompts WHERE tenant_id = $1", [of]);
  const request = { promptId: prompt?.id ?? "", variables: {}, timeoutSeconds: 300 };
  const options = { idempotencyKey: undefined, modelOf: modelsByName({ models: [modelWith()] }), audit: auditOf(of) };
  return acceptExecution(replica, of, request, options).then(
    ({ overSoftLimit }) => overSoftLimit,
    (error: unknown) => (error as ApiError).code,
  );
}

/** Runs one execution of the tenant, which uses so many tokens and costs so much. */
async function use(tokens: number, microUsd: number): Promise<void> {
  await database.queue(tenant, 1);
  const { leases } = await takeLeases(database.worker, endpoint, roomFor(1));
  for (const lease of leases) {
    const outcome = { state: "succeeded", output: "", usage: {}, finishReason: "stop" } as const;
    const spent = { usage: { promptTokens: tokens - 1, completionTokens: 1 }, cost: { microUsd, asOf: "2026-11-29" } };
    expect(await endAttempt(database.worker, lease, outcome, spent)).toBe(true);
    // A second worker, or the same one again, adds nothing.
    expect(await endAttempt(database.worker, lease, outcome, spent)).toBe(false);
  }
}

describe("a tenant's budget", () => {
  test("refuses at its hard limit on every replica, and no neighbour", async () => {
    await limit({ hardMonthlyTokens: 100 });
    await use(99, 0);
    expect([await accept(), await accept(other)]).toEqual([[], []]);
    await database.rows("TRUNCATE executions, leases CASCADE");
    await use(1, 0);
    expect([await accept(), await accept(other)]).toEqual(["budget_exceeded", "budget_exceeded"]);
    expect(await accept(other, neighbour)).toEqual([]);
    await limit({ hardMonthlyTokens: 101 });
    expect(await accept()).toEqual([]);
  });

  test("warns at its soft limits, of tokens and of cost", async () => {
    await limit({ softMonthlyTokens: 10, softMonthlyMicroUsd: 500, hardMonthlyMicroUsd: 1_000 });
    await use(10, 499);
    expect(await accept()).toEqual(["tokens"]);
    await database.rows("TRUNCATE executions, leases CASCADE");
    await use(1, 1);
    expect(await accept()).toEqual(["tokens", "microUsd"]);
    await database.rows("TRUNCATE executions, leases CASCADE");
    await use(1, 500);
    expect(await accept()).toBe("budget_exceeded");
  });

  test("begins again with the month, by UTC", async () => {
    await limit({ hardMonthlyTokens: 1 });
    await use(5, 0);
    expect(await accept()).toBe("budget_exceeded");
    await database.rows("UPDATE token_usage SET day = date_trunc('month', now() AT TIME ZONE 'UTC')::date - 1");
    expect(await accept()).toEqual([]);
  });

  test("names the end of the month as the time to try again", async () => {
    await limit({ hardMonthlyTokens: 0 });
    const [prompt] = await database.rows<{ id: string }>("SELECT id FROM prompts WHERE tenant_id = $1", [tenant]);
    const request = { promptId: prompt?.id ?? "", variables: {}, timeoutSeconds: 300 };
    const modelOf = modelsByName({ models: [modelWith()] });
    const options = { idempotencyKey: undefined, modelOf, audit: auditOf(tenant) };
    const refused = (await acceptExecution(database.api, tenant, request, options).catch(
      (error: unknown) => error,
    )) as ApiError;
    const [end] = await database.rows<{ at: string }>(
      "SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month')::text AS at",
    );
    const retryAt = Date.now() + (refused.retryAfterSeconds ?? 0) * 1000;
    expect(Math.abs(retryAt - Date.parse(`${end?.at.replace(" ", "T")}Z`))).toBeLessThan(60_000);
  });

  test("does not stop what was accepted before", async () => {
    await database.queue(tenant, 1);
    await limit({ hardMonthlyTokens: 0 });
    expect((await takeLeases(database.worker, endpoint, roomFor(1))).leases).toHaveLength(1);
  });
});

test("a tenant's own transaction and the workers' role set no limit", async () => {
  const set = "UPDATE tenants SET hard_monthly_tokens = 1";
  expect((await database.api.asTenant(tenant, (client) => client.query(set))).rowCount).toBe(0);
  const client = new Client({ connectionString: database.urls.worker });
  await client.connect();
  await expect(client.query(set)).rejects.toMatchObject({ code: "42501" });
  await client.end();
});
