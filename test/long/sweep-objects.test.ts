import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fileKey } from "../../services/shared/stored/objects.ts";
import { directoryObjects } from "../../services/shared/objects/directory-objects.ts";
import type { ObjectStore, TenantObjects } from "../../services/shared/objects/ports.ts";
import { sweepObjects } from "../../services/worker/sweep-objects.ts";
import { type ExecutionDatabase, startExecutionDatabase } from "../services/execution-database.ts";

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
  await database.rows("DELETE FROM files");
  tenant = await database.tenant(task.id);
});

interface Given {
  readonly createdHoursAgo?: number;
  readonly content?: boolean;
  readonly uploaded?: boolean;
  readonly deleted?: boolean;
  /** @default - half an hour after it was created */
  readonly uploadUntil?: string;
}

/** A file as of some time ago; its id. */
async function fileOf({
  createdHoursAgo = 25,
  content = false,
  uploaded = false,
  deleted = false,
  uploadUntil,
}: Given) {
  const [row] = await database.rows<{ id: string }>(
    `INSERT INTO files (tenant_id, name, content_type, bytes, created_at, upload_until, uploaded_at, deleted_at)
      SELECT $1, 'a', 'text/plain', 1, made, coalesce($5::timestamptz, made + interval '30 minutes'),
        CASE WHEN $3 THEN made END, CASE WHEN $4 THEN made END
      FROM (SELECT now() - make_interval(hours => $2) AS made) AS times RETURNING id`,
    [tenant, createdHoursAgo, uploaded, deleted, uploadUntil ?? null],
  );
  const id = row?.id ?? "";
  if (content) await store.of(tenant).put(fileKey(id), Buffer.from("a"), "text/plain");
  return id;
}

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.of(tenant).list("")) found.push(key);
  return found;
}

const states = (): Promise<{ uploaded: boolean; deleted: boolean }[]> =>
  database.rows("SELECT uploaded_at IS NOT NULL AS uploaded, deleted_at IS NOT NULL AS deleted FROM files");

const sweep = async (): Promise<void> => {
  while ((await sweepObjects(database.worker, store)) > 0);
};

describe("a sweep", () => {
  test("deletes a file that was not uploaded within a day", async () => {
    await fileOf({});
    await sweep();
    expect([await states(), await keys()]).toEqual([[], []]);
  });

  test("keeps a file that was uploaded, and that nobody has asked for", async () => {
    const id = await fileOf({ content: true });
    await sweep();
    expect([await states(), await keys()]).toEqual([[{ uploaded: true, deleted: false }], [fileKey(id)]]);
  });

  test("leaves a file that may yet be uploaded", async () => {
    await fileOf({ createdHoursAgo: 23 });
    await sweep();
    expect(await states()).toEqual([{ uploaded: false, deleted: false }]);
  });

  test("deletes the object of a deleted file", async () => {
    await fileOf({ content: true, uploaded: true, deleted: true });
    await sweep();
    expect([await states(), await keys()]).toEqual([[], []]);
  });

  test("leaves a deleted file while whoever has the signed request may still upload it", async () => {
    const id = await fileOf({ content: true, uploaded: true, deleted: true, uploadUntil: "infinity" });
    await sweep();
    expect([(await states()).length, await keys()]).toEqual([1, [fileKey(id)]]);
  });

  test("looks at more files than one look takes", async () => {
    await database.rows(
      `INSERT INTO files (tenant_id, name, content_type, bytes, created_at, upload_until)
        SELECT $1, 'a', 'text/plain', 1, now() - interval '25 hours', now() FROM generate_series(1, 250)`,
      [tenant],
    );
    await sweep();
    expect(await states()).toEqual([]);
  });

  test.each(["head", "delete"] as const)(
    "that fails at '%s' loses nothing, and the next one does the rest",
    async (method) => {
      const kept = await fileOf({ content: true });
      await fileOf({ content: true, uploaded: true, deleted: true });
      const failing: ObjectStore = {
        ...store,
        of: (id) => {
          const objects = store.of(id);
          const methods: Partial<TenantObjects> = { [method]: () => Promise.reject(new Error("no")) };
          return { ...objects, list: (prefix) => objects.list(prefix), ...methods };
        },
      };
      await expect(sweepObjects(database.worker, failing)).rejects.toThrow("no");
      expect((await states()).length).toBe(2);
      await sweep();
      expect([await states(), await keys()]).toEqual([[{ uploaded: true, deleted: false }], [fileKey(kept)]]);
    },
  );
});

describe("Postgres", () => {
  test("shows the API files of one tenant, and lets it name no other one", async () => {
    const id = await fileOf({});
    const other = await database.tenant("other");
    const seen = await database.api.asTenant(other, (client) => client.query("SELECT FROM files"));
    const changed = await database.api.asTenant(other, (client) =>
      client.query("UPDATE files SET deleted_at = now() WHERE id = $1", [id]),
    );
    expect([seen.rowCount, changed.rowCount]).toEqual([0, 0]);
    await expect(
      database.api.asTenant(other, (client) =>
        client.query(
          "INSERT INTO files (id, tenant_id, name, content_type, bytes, upload_until) VALUES (gen_random_uuid(), $1, 'a', 'b', 1, now())",
          [tenant],
        ),
      ),
    ).rejects.toThrow(/row-level security/);
  });

  test("begins no erasure while a file may still be uploaded, deleted or not", async () => {
    const holds = async (): Promise<unknown> =>
      (await database.rows("SELECT holds_objects($1) AS holds", [tenant]))[0]?.["holds"];
    expect(await holds()).toBe(false);
    const id = await fileOf({ uploaded: true, deleted: true, uploadUntil: "infinity" });
    expect(await holds()).toBe(true);
    await database.rows("UPDATE files SET upload_until = now() - interval '1 second' WHERE id = $1", [id]);
    expect(await holds()).toBe(false);
  });
});
