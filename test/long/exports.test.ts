import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  beginExport,
  createExport,
  finishExport,
  listExports,
  readExport,
} from "../../services/api/exports/queries.ts";
import type { ExportJob } from "../../services/api/exports/schema.ts";
import { writeNextExport } from "../../services/api/exports/write.ts";
import { exportFormats, exportUsage } from "../../services/api/usage-reports.ts";
import { directoryObjects } from "../../services/shared/objects/directory-objects.ts";
import type { ObjectStore, TenantObjects } from "../../services/shared/objects/ports.ts";
import { exportKey } from "../../services/shared/stored/objects.ts";
import { sweepObjects } from "../../services/worker/sweep-objects.ts";
import { type ExecutionDatabase, startExecutionDatabase } from "../services/execution-database.ts";

/** More than one page of an export. */
const EVENTS = 2_500;
const days = { from: "2026-01-31", to: "2026-01-31" };

let database: ExecutionDatabase;
let folder: string;
let store: ObjectStore;
let tenant: string;
beforeAll(async () => {
  database = await startExecutionDatabase();
  folder = mkdtempSync(join(tmpdir(), "promptops-objects-"));
  store = await directoryObjects({ directory: folder, port: 0 });
});
afterAll(async () => {
  await store.close();
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async ({ task }) => {
  for (const table of ["exports", "erasures"]) await database.rows(`DELETE FROM ${table}`);
  tenant = await database.tenant(task.id);
});

const asked = (format: "csv" | "ndjson" = "ndjson"): Promise<ExportJob> =>
  database.api.asTenant(tenant, (client) => createExport(client, "usage", { ...days, format }));
const read = (id: string): Promise<ExportJob> =>
  database.api.asTenant(tenant, (client) => readExport(client, "usage", id));
const write = (objects = store): Promise<boolean> => writeNextExport(database.api, objects);
/** Lets the time pass in which nobody else begins an export. */
const letPass = (): Promise<unknown> =>
  database.rows("UPDATE exports SET writing_until = now() - interval '1 second' WHERE writing_until IS NOT NULL");

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.of(tenant).list("")) found.push(key);
  return found;
}

async function contentOf(id: string): Promise<Buffer> {
  const body = await store.of(tenant).get(exportKey(id));
  return body ? buffer(body) : Buffer.alloc(0);
}

const recordUsage = (): Promise<unknown> =>
  database.rows(
    `INSERT INTO usage_events
      SELECT gen_random_uuid(), $1, $2::timestamptz + number * interval '1 second', gen_random_uuid(), NULL, NULL, 1, 'large, "new"', false,
        'succeeded', true, false, number % 97, number % 89, number % 83 FROM generate_series(1, ${EVENTS}) AS number`,
    [tenant, `${days.from}T00:00:00Z`],
  );

/** A store of which some methods are others. */
const storeWith = (methods: (objects: TenantObjects) => Partial<TenantObjects>): ObjectStore => ({
  ...store,
  of: (id) => {
    const objects = store.of(id);
    return { ...objects, list: (prefix) => objects.list(prefix), ...methods(objects) };
  },
});

describe("an export", () => {
  test.each(["csv", "ndjson"] as const)("is an object with the text of the streamed one, as %s", async (format) => {
    await recordUsage();
    const { id, state } = await asked(format);
    expect(state).toBe("queued");
    expect([await write(), await write()]).toEqual([true, false]);
    const content = await contentOf(id);
    let streamed = "";
    for await (const piece of exportUsage(database.api, tenant, { range: days, format: exportFormats[format] }))
      streamed += piece;
    expect(streamed.length).toBeGreaterThan(EVENTS * 100);
    expect(gunzipSync(content).toString()).toBe(streamed);
    expect(await read(id)).toMatchObject({
      ...{ state: "succeeded", parameters: { ...days, format }, bytes: content.length },
      sha256: createHash("sha256").update(content).digest("hex"),
    });
  });

  test("has nothing of another tenant, and is not read by one", async () => {
    await recordUsage();
    const mine = tenant;
    tenant = await database.tenant("stranger");
    const { id } = await asked();
    await write();
    expect(gunzipSync(await contentOf(id)).toString()).toBe('{"rows":0}\n');
    await expect(database.api.asTenant(mine, (client) => readExport(client, "usage", id))).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await database.api.asTenant(mine, (client) => listExports(client, "usage"))).toEqual([]);
  });

  test("is read as an export of its kind only", async () => {
    const { id } = await asked();
    await expect(database.api.asTenant(tenant, (client) => readExport(client, "audit", id))).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("is one of at most ten, also for requests at the same time", async () => {
    const results = await Promise.allSettled(Array.from({ length: 14 }, () => asked()));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
    await expect(asked()).rejects.toMatchObject({ code: "limit_reached" });
  });

  test("is deleted a day after its end, with its object, and not read before the object is gone", async () => {
    const { id } = await asked();
    await write();
    await database.rows("UPDATE exports SET finished_at = now() - interval '23 hours'");
    expect(await sweepObjects(database.worker, store)).toBe(0);
    expect((await read(id)).state).toBe("succeeded");
    await database.rows("UPDATE exports SET finished_at = now() - interval '25 hours'");
    await expect(read(id)).rejects.toMatchObject({ code: "not_found" });
    const failing = storeWith(() => ({ delete: () => Promise.reject(new Error("no")) }));
    await expect(sweepObjects(database.worker, failing)).rejects.toThrow("no");
    expect(await keys()).toEqual([exportKey(id)]);
    expect(await sweepObjects(database.worker, store)).toBe(1);
    expect([await keys(), await database.rows("SELECT FROM exports")]).toEqual([[], []]);
  });
});

describe("an export that cannot be written", () => {
  const failing = (): ObjectStore => storeWith(() => ({ put: () => Promise.reject(new Error("no")) }));

  test("is tried again within a minute, and does not keep others waiting", async () => {
    const [first, second] = [await asked(), await asked()];
    await expect(write(failing())).rejects.toThrow("no");
    expect(await write()).toBe(true);
    expect([(await read(first.id)).state, (await read(second.id)).state]).toEqual(["running", "succeeded"]);
    expect(await write()).toBe(false);
    expect(await database.rows("SELECT FROM exports WHERE writing_until < now() + interval '1 minute'")).toHaveLength(
      1,
    );
    await letPass();
    expect(await write()).toBe(true);
    expect((await read(first.id)).state).toBe("succeeded");
  });

  test("has failed after five attempts, and is deleted a day later", async () => {
    const { id } = await asked();
    for (let attempt = 0; attempt < 5; attempt++) {
      await expect(write(failing())).rejects.toThrow("no");
      await letPass();
    }
    expect(await write()).toBe(false);
    expect(await read(id)).toMatchObject({ state: "failed", sha256: null, expiresAt: expect.any(String) });
    await database.rows("UPDATE exports SET finished_at = now() - interval '25 hours'");
    expect(await sweepObjects(database.worker, store)).toBe(1);
    expect(await database.rows("SELECT FROM exports")).toEqual([]);
  });

  test("is not there when its process is stopped", async () => {
    await recordUsage();
    const { id } = await asked();
    const stopped = AbortSignal.abort(new Error("stopped"));
    await expect(writeNextExport(database.api, store, stopped)).rejects.toThrow("stopped");
    expect([await keys(), (await read(id)).state]).toEqual([[], "running"]);
  });
});

describe("a process that is killed half-way", () => {
  test("leaves no object, and another one writes the export when its time has passed", async () => {
    await recordUsage();
    const { id } = await asked();
    const script = join(import.meta.dirname, "../services/export-process.ts");
    const process_ = spawn(process.execPath, ["--import", "tsx", script, database.urls.api, folder], {
      stdio: "inherit",
    });
    expect(await once(process_, "exit")).toEqual([null, "SIGKILL"]);
    expect([await keys(), await write(), (await read(id)).state]).toEqual([[], false, "running"]);
    await letPass();
    expect(await write()).toBe(true);
    expect(gunzipSync(await contentOf(id)).toString()).toContain(`{"rows":${EVENTS}}\n`);
  });

  test("and goes on when another one has begun the export does not end it", async () => {
    const { id } = await asked();
    const first = await beginExport(database.api);
    await letPass();
    const second = await beginExport(database.api);
    if (!first || !second) throw new Error("nothing was begun");
    await finishExport(database.api, first, { size: 1, sha256: "first" });
    expect((await read(id)).state).toBe("running");
    await finishExport(database.api, second, { size: 1, sha256: "second" });
    expect(await read(id)).toMatchObject({ state: "succeeded", sha256: "second" });
  });
});

describe("an erasure", () => {
  const holds = async (): Promise<unknown> =>
    (await database.rows("SELECT holds_objects($1) AS holds", [tenant]))[0]?.["holds"];

  test("waits for an export that is written", async () => {
    await asked();
    expect(await holds()).toBe(false);
    const waiting = storeWith((objects) => ({
      put: async (key, body, type) => {
        expect(await holds()).toBe(true);
        return objects.put(key, body, type);
      },
    }));
    expect(await write(waiting)).toBe(true);
    expect(await holds()).toBe(false);
  });

  test("that is asked for lets no export of its tenant begin", async () => {
    await asked();
    await database.rows("INSERT INTO erasures (tenant_id, requested_by) VALUES ($1, $1)", [tenant]);
    expect(await write()).toBe(false);
  });
});
