import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { acceptExecution } from "../../services/api/accept.ts";
import { ApiError } from "../../services/api/errors.ts";
import { modelsByName } from "../../services/shared/models/by-name.ts";
import { MAX_RENDERED } from "../../services/shared/prompts/template.ts";
import { takeLeases } from "../../services/shared/executions/claim.ts";
import { auditOf } from "./audit-of.ts";
import { endpoint, type ExecutionDatabase, roomFor, startExecutionDatabase } from "./execution-database.ts";
import { modelWith } from "./model-with.ts";

let database: ExecutionDatabase;
let tenant: string;
let promptId: string;
beforeAll(async () => {
  database = await startExecutionDatabase();
  tenant = await database.tenant("one");
  promptId = (await database.rows<{ id: string }>("SELECT id FROM prompts"))[0]?.id ?? "";
});
afterAll(async () => {
  await database.stop();
});
beforeEach(async () => {
  await database.rows("TRUNCATE executions, leases, turns, paces CASCADE");
});

async function accept(timeoutSeconds = 300): Promise<ApiError | undefined> {
  const served = modelWith({ endpoint: endpoint.url });
  const request = { promptId, variables: {}, timeoutSeconds };
  const options = { idempotencyKey: undefined, modelOf: modelsByName({ models: [served] }), audit: auditOf(tenant) };
  try {
    await acceptExecution(database.api, tenant, request, options);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

const take = (concurrency: number): Promise<unknown> =>
  takeLeases(database.worker, { ...endpoint, concurrency }, roomFor(100));
/** Lets the endpoint have been busy for so long, as far as its pace tells. */
const busyFor = (seconds: number): Promise<unknown> =>
  database.rows("UPDATE paces SET since = now() - make_interval(secs => $1)", [seconds]);

describe("an execution that is not expected to start before its deadline", () => {
  test("is refused, with the seconds after which it fits", async () => {
    await database.queue(tenant, 20);
    await take(2);
    await take(12);
    // Ten starts in 2,000 s, while eight wait: the ninth starts after 9 * 2,000 / 11 s, with the start that is expected now.
    await busyFor(2_000);
    expect(await accept(1_700)).toBeUndefined();
    const refused = await accept(1_500);
    expect(refused).toMatchObject({ code: "deadline_unreachable" });
    // 10 * 2,000 / 11 s now, and what this test took.
    expect(refused?.detail).toMatch(/^It is expected to start in 18\d\d s, after its deadline in 1500 s\./);
    expect(String(refused?.retryAfterSeconds)).toMatch(/^3\d\d\./);
  });

  test("is expected by the tenant's share, where others wait too", async () => {
    const other = await database.tenant("other");
    await database.queue(tenant, 1);
    await database.queue(other, 1_000);
    await take(0);
    await take(10);
    await database.rows("UPDATE paces SET starts = 7");
    await busyFor(800);
    // One of two tenants with the same weight: of a start per 100 s it gets half, whatever the other has waiting.
    expect(await accept(150)).toMatchObject({ code: "deadline_unreachable" });
    expect(await accept(250)).toBeUndefined();
  });

  test("is not refused while nothing waits, however slow the endpoint was", async () => {
    await database.queue(tenant, 5);
    await take(1);
    await busyFor(3_000);
    expect(await accept(1)).toMatchObject({ code: "deadline_unreachable" });
    await take(5);
    expect(await accept(1)).toBeUndefined();
  });
});

describe("a tenant's prompts", () => {
  test("that wait or run have no more bytes together than it may have", async () => {
    await database.rows("UPDATE tenants SET max_bytes = 5 WHERE id = $1", [tenant]);
    expect(await accept()).toBeUndefined();
    expect(await accept()).toBeUndefined();
    expect(await accept()).toMatchObject({
      code: "too_many_bytes",
      detail: "Prompts of 4 bytes wait or run, and this one has 2; 5 are allowed together.",
    });
    await database.rows("UPDATE tenants SET max_bytes = DEFAULT WHERE id = $1", [tenant]);
    expect(await accept()).toBeUndefined();
  });

  test("have no more bytes each than what two requests may bring", async () => {
    const contentOf = (length: number): string => JSON.stringify([{ role: "user", content: "x".repeat(length) }]);
    const least = contentOf(0).length;
    const store = (length: number): Promise<unknown> =>
      database.rows("UPDATE prompt_versions SET messages = $1", [contentOf(length)]);
    await store(MAX_RENDERED - least);
    expect(await accept()).toBeUndefined();
    await store(MAX_RENDERED - least + 1);
    await expect(accept()).rejects.toMatchObject({ code: "prompt_too_large" });
    await database.rows("UPDATE prompt_versions SET messages = '[]'");
  });
});
