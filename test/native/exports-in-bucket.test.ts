import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExportJob } from "../../services/api/exports/schema.ts";
import { type Downloaded, fetchDownload } from "../services/file-calls.ts";
import { startStack, type Stack, type Tenant, until } from "../services/stack.ts";
import { UsageDatabase } from "../services/usage-events.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

const price = { input: 0.25, output: 1.25, asOf: "2026-11-29" };
const EXECUTIONS = 5;

let server: S3Server;
let stack: Stack;
let database: UsageDatabase;
let tenant: Tenant;
beforeAll(async () => {
  server = await startS3Server();
  stack = await startStack({ bucket: server, models: (url) => [{ name: "simulated", endpoint: `${url}/v1`, price }] });
  database = await UsageDatabase.open(stack.platform.databaseUrl);
  await stack.platform.startAnalytics("analytics");
  tenant = await stack.tenant("one");
  const prompt = await tenant.prompt("echo");
  for (let count = 0; count < EXECUTIONS; count++) await tenant.follow(await tenant.execute(prompt, `text ${count}`));
  await until("the outbox to be empty", async () =>
    (await database.count("usage_outbox", "NOT refused")) === 0 ? true : undefined,
  );
});
afterAll(async () => {
  await database.client.end();
  await stack.stop();
  await server.close();
});

/** Asks for an export, waits for it, and downloads it from the bucket. */
async function exported(kind: "usage" | "audit", given: object): Promise<{ job: ExportJob; answer: Downloaded }> {
  const { status, body } = await tenant.call("POST", `/${kind}/exports`, given);
  expect([status, body.state]).toEqual([202, "queued"]);
  const done = await until("the export to be written", async () => {
    const found = (await tenant.call("GET", `/${kind}/exports/${body.id}`)).body;
    return found.download === null ? undefined : found;
  });
  expect(new URL(done.download.url).origin).toBe(server.endpoint);
  return { job: done.export, answer: await fetchDownload(done.download) };
}

describe("an export of usage", () => {
  test("is downloaded from the bucket, and has the sums that the API answers", async () => {
    const { job, answer } = await exported("usage", {});
    expect([answer.status, answer.type]).toEqual([200, "application/gzip"]);
    expect(answer.disposition).toMatch(/^attachment; filename="usage-[-0-9]+\.ndjson\.gz"/);
    expect([answer.body.length, createHash("sha256").update(answer.body).digest("hex")]).toEqual([
      job.bytes,
      job.sha256,
    ]);
    const lines = gunzipSync(answer.body).toString().trim().split("\n");
    const rows = lines.slice(0, -1).map((line) => JSON.parse(line) as Record<string, number>);
    expect(lines.at(-1)).toBe(`{"rows":${EXECUTIONS}}`);
    const { days } = (await tenant.call("GET", "/usage/daily")).body as { days: Record<string, number>[] };
    const sumOf = (of: Record<string, number>[], name: string): number =>
      of.reduce((sum, row) => sum + (row[name] ?? 0), 0);
    for (const name of ["promptTokens", "completionTokens", "microUsd"]) {
      expect(sumOf(rows, name), name).toBeGreaterThan(0);
      expect(sumOf(rows, name), name).toBe(sumOf(days, name));
    }
  });

  test("is a CSV table on request", async () => {
    const { answer } = await exported("usage", { format: "csv" });
    const lines = gunzipSync(answer.body).toString().trim().split("\r\n");
    expect([lines.length, lines[0]?.startsWith("id,endedAt,executionId,")]).toEqual([EXECUTIONS + 1, true]);
  });

  test("does not exist for another tenant", async () => {
    const { job } = await exported("usage", {});
    const other = await stack.tenant("two");
    expect((await other.call("GET", `/usage/exports/${job.id}`)).status).toBe(404);
    expect((await other.call("GET", "/usage/exports")).body).toEqual({ exports: [] });
    const { exports } = (await tenant.call("GET", "/usage/exports")).body as { exports: ExportJob[] };
    expect(exports.map(({ id }) => id)).toContain(job.id);
  });

  test("of days that cannot be read is refused", async () => {
    const { status, body } = await tenant.call("POST", "/usage/exports", { from: "2026-02-01", to: "2026-01-31" });
    expect([status, body.faults[0].path]).toEqual([400, "body/to"]);
  });
});

test("an export of audit events has the events that the API answers, and is recorded itself", async () => {
  const before = (await tenant.call("GET", "/audit?limit=100")).body.events as { id: string }[];
  const { job, answer } = await exported("audit", {});
  const lines = gunzipSync(answer.body).toString().trim().split("\n");
  const events = lines.slice(0, -1).map((line) => JSON.parse(line) as { id: string; object: { id: string } });
  expect(lines.at(-1)).toBe(`{"events":${events.length}}`);
  expect(events.map(({ id }) => id)).toEqual(expect.arrayContaining(before.map(({ id }) => id)));
  const recorded = events.filter(({ object }) => object.id === job.id);
  expect(recorded).toEqual([expect.objectContaining({ action: "audit.export" })]);
});
