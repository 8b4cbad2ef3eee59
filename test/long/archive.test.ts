import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readArchivedEvents, readArchivedExecution } from "../../services/api/archived.ts";
import { EXECUTION } from "../../services/api/execution-columns.ts";
import { directoryObjects } from "../../services/shared/objects/directory-objects.ts";
import type { ObjectStore, TenantObjects } from "../../services/shared/objects/ports.ts";
import { readEvents } from "../../services/shared/executions/read-events.ts";
import { ArchiveMismatch, archiveNext } from "../../services/worker/archive/archive.ts";
import { readArchiveDelay } from "../../services/worker/archive/queries.ts";
import { type ExecutionDatabase, startExecutionDatabase } from "../services/execution-database.ts";

const DAY = "2026-01-31";

let database: ExecutionDatabase;
let folder: string;
let store: ObjectStore;
let tenant: string;
beforeAll(async () => {
  database = await startExecutionDatabase();
  folder = mkdtempSync(join(tmpdir(), "promptops-objects-"));
  store = await directoryObjects({ directory: folder, port: 0 });
  await database.rows("SELECT create_event_partition($1)", [DAY]);
});
afterAll(async () => {
  await store.close();
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async ({ task }) => {
  for (const table of ["archives", "execution_events", "executions"]) await database.rows(`DELETE FROM ${table}`);
  tenant = await database.tenant(task.id);
});

/** Executions of the day that ended some days ago, with three events each; their ids, sorted. */
async function ended(count: number, { of = tenant, daysAgo = 100 } = {}): Promise<string[]> {
  const ids = await database.queue(of, count);
  await database.rows(
    `UPDATE executions SET state = 'succeeded', output = 'ü "' || id, usage = '{"totalTokens": 3}', finish_reason = 'stop', last_seq = 3,
      created_at = $2::timestamptz + interval '12:34:56.123456', finished_at = now() - make_interval(days => $3) WHERE id = ANY ($1)`,
    [ids, `${DAY}T00:00:00Z`, daysAgo],
  );
  await database.rows(
    `INSERT INTO execution_events (accepted_on, execution_id, tenant_id, seq, attempt, type, data)
    SELECT accepted_on, id, tenant_id, seq, 1, 'token_chunk', jsonb_build_object('text', 'piece ' || seq)
    FROM executions, generate_series(1, 3) AS seq WHERE id = ANY ($1)`,
    [ids],
  );
  return ids;
}

const left = async (): Promise<string[]> =>
  (await database.rows<{ id: string }>("SELECT id FROM executions ORDER BY id")).map(({ id }) => id);

const fromDatabase = (id: string, of = tenant): Promise<unknown> =>
  database.api.asTenant(of, async (client) => ({
    ...(await client.query(`SELECT ${EXECUTION} FROM executions WHERE id = $1`, [id])).rows[0],
    nodes: null,
    events: (await readEvents(client, [{ execution: id, after: 0 }])).get(id),
  }));

async function fromArchive(id: string, of = tenant): Promise<unknown> {
  const archives = { database: database.api, objects: store };
  return {
    ...(await readArchivedExecution(archives, of, id)),
    events: await readArchivedEvents(archives, of, { id, after: 0 }),
  };
}

async function objectsOf(of = tenant): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.of(of).list("")) keys.push(key);
  return keys;
}

async function archiveAll(): Promise<string[]> {
  const results: string[] = [];
  for (;;) {
    const result = await archiveNext(database.worker, store);
    if (result === "nothing") return results;
    results.push(result);
  }
}

/** A store of which some methods are others. */
const storeWith = (methods: (objects: TenantObjects) => Partial<TenantObjects>): ObjectStore => ({
  ...store,
  of: (id) => {
    const objects = store.of(id);
    return { ...objects, list: (prefix) => objects.list(prefix), ...methods(objects) };
  },
});

describe("an execution that ended more than 90 days ago", () => {
  test("is moved to an object of its tenant and day, and read from there as before", async () => {
    const ids = await ended(3);
    const before = await Promise.all(ids.map((id) => fromDatabase(id)));
    expect(await archiveAll()).toEqual(["archived"]);
    expect(await left()).toEqual([]);
    expect(await database.rows("SELECT FROM execution_events")).toEqual([]);
    expect(await objectsOf()).toEqual([
      expect.stringMatching(new RegExp(`^executions/${DAY}/[-0-9a-f]{36}\\.ndjson\\.gz$`)),
    ]);
    expect(await Promise.all(ids.map((id) => fromArchive(id)))).toEqual(before);
  });

  test("has its events after a number", async () => {
    const [id = ""] = await ended(1);
    await archiveAll();
    const events = await readArchivedEvents({ database: database.api, objects: store }, tenant, { id, after: 1 });
    expect(events.map(({ seq }) => seq)).toEqual([2, 3]);
  });

  test("is not read by another tenant", async () => {
    const [id = ""] = await ended(1);
    await archiveAll();
    await expect(fromArchive(id, await database.tenant("another"))).rejects.toMatchObject({ code: "not_found" });
  });

  test("has waited since it could be archived, and no longer", async () => {
    expect(await readArchiveDelay(database.worker)).toBe(0);
    await ended(1, { daysAgo: 91 });
    expect(Math.round((await readArchiveDelay(database.worker)) / 3600)).toBe(24);
    await archiveAll();
    expect(await readArchiveDelay(database.worker)).toBe(0);
  });

  test("shares an object with others of its tenant and day alone, and with at most 200", async () => {
    const other = await database.tenant("other");
    await ended(201);
    await ended(1, { of: other });
    expect(await archiveAll()).toEqual(["archived", "archived", "archived"]);
    expect([(await objectsOf()).length, (await objectsOf(other)).length]).toEqual([2, 1]);
    expect(await left()).toEqual([]);
  });
});

test.each([
  ["ended less than 90 days ago", "finished_at = now() - interval '89 days'"],
  ["has not ended", "finished_at = NULL, state = 'queued'"],
  ["was executed by an experiment", "experiment_id = gen_random_uuid()"],
  ["is a dead letter", "quarantined_at = now(), state = 'failed'"],
])("an execution that %s stays", async (_, change) => {
  const ids = await ended(1);
  await database.rows(`UPDATE executions SET ${change}`);
  expect(await archiveAll()).toEqual([]);
  expect(await left()).toEqual(ids);
});

describe("nothing is deleted, and the object is removed,", () => {
  test.each([
    ["when the object cannot be written", () => ({ put: () => Promise.reject(new Error("no")) })],
    ["when it cannot be read back", () => ({ get: () => Promise.reject(new Error("no")) })],
    ["when it is gone", () => ({ get: () => Promise.resolve(undefined) })],
    [
      "when other bytes are read than were written",
      (objects: TenantObjects) => ({ get: (key: string) => objects.get(key, { start: 0, length: 40 }) }),
    ],
  ])("%s", async (_, methods) => {
    const ids = await ended(2);
    await expect(archiveNext(database.worker, storeWith(methods))).rejects.toThrow();
    expect([await left(), await objectsOf(), await database.rows("SELECT FROM archives")]).toEqual([ids, [], []]);
    expect(await archiveAll()).toEqual(["archived"]);
  });

  test.each([
    ["another archive is read", () => gzipSync("{}\n{}\n")],
    [
      "one byte is another, of which no line depends",
      (written: Buffer) => {
        // The operating system in the header of the first member: RFC 1952.
        const other = Buffer.from(written);
        other[9] = (written[9] ?? 0) ^ 1;
        return other;
      },
    ],
  ])("when %s", async (_, change) => {
    const ids = await ended(2);
    const changing = storeWith((objects) => ({
      get: async (key) => Readable.from([change(await buffer((await objects.get(key)) as Readable))]),
    }));
    await expect(archiveNext(database.worker, changing)).rejects.toThrow(ArchiveMismatch);
    expect([await left(), await objectsOf(), await database.rows("SELECT FROM archives")]).toEqual([ids, [], []]);
    expect(await archiveAll()).toEqual(["archived"]);
  });

  test("when an execution is erased meanwhile", async () => {
    const ids = await ended(2);
    const erasing = storeWith((objects) => ({
      get: async (key, range) => {
        await database.rows("DELETE FROM executions WHERE id = $1", [ids[0]]);
        return objects.get(key, range);
      },
    }));
    expect(await archiveNext(database.worker, erasing)).toBe("given up");
    expect([await left(), await objectsOf()]).toEqual([ids.slice(1), []]);
  });

  test("when its time to be written has passed", async () => {
    const ids = await ended(1);
    const late = storeWith((objects) => ({
      get: async (key, range) => {
        await database.rows("UPDATE archives SET writing_until = now()");
        return objects.get(key, range);
      },
    }));
    expect(await archiveNext(database.worker, late)).toBe("given up");
    expect([await left(), await objectsOf()]).toEqual([ids, []]);
  });
});

test("the object of an archive whose completion was not heard of stays", async () => {
  const [id = ""] = await ended(1);
  const { worker } = database;
  const query: typeof worker.query = async (statement) => {
    const result = await worker.query(statement);
    if (statement.name === "complete-archive") throw new Error("the connection broke");
    return result as never;
  };
  const deaf = new Proxy(worker, {
    get: (of, name) => (name === "query" ? query : of[name as "transaction"].bind(of)),
  });
  await expect(archiveNext(deaf, store)).rejects.toThrow("the connection broke");
  expect((await objectsOf()).length).toBe(1);
  expect(await fromArchive(id)).toMatchObject({ id, state: "succeeded" });
});

test("while one worker writes an archive, another begins none", async () => {
  await ended(1);
  const results: string[] = [];
  const waiting = storeWith((objects) => ({
    put: async (key, body, type) => {
      results.push(await archiveNext(database.worker, store));
      return objects.put(key, body, type);
    },
  }));
  results.push(await archiveNext(database.worker, waiting));
  expect(results).toEqual(["nothing", "archived"]);
});

test.each([
  ["before the object is written", "put", ["abandoned", "archived"]],
  ["while the object is written", "putting", ["abandoned", "archived"]],
  ["before the object is read back", "get", ["abandoned", "archived"]],
  ["when the rows are deleted", "completed", []],
])("a worker that is killed %s loses nothing, and doubles nothing", async (_, step, rest) => {
  const ids = await ended(3);
  const before = await Promise.all(ids.map((id) => fromDatabase(id)));
  const script = join(import.meta.dirname, "../services/archive-process.ts");
  const process_ = spawn(process.execPath, ["--import", "tsx", script, database.urls.worker, folder, step], {
    stdio: "inherit",
  });
  expect(await once(process_, "exit")).toEqual([null, "SIGKILL"]);
  // Until its time has passed, nobody takes it for abandoned.
  expect(await archiveAll()).toEqual([]);
  expect(await left()).toEqual(step === "completed" ? [] : ids);
  await database.rows("UPDATE archives SET writing_until = now() WHERE writing_until IS NOT NULL");
  expect(await archiveAll()).toEqual(rest);
  expect(await left()).toEqual([]);
  expect((await objectsOf()).length).toBe(1);
  expect(await Promise.all(ids.map((id) => fromArchive(id)))).toEqual(before);
});
