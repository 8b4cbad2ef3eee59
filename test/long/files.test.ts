import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "pg";
import { tenantObjects } from "../../services/api/tenant-objects.ts";
import { NOBODYS } from "../services/access-table.ts";
import { fetchDownload, uploadTo } from "../services/file-calls.ts";
import { startStack, type Stack, type Tenant } from "../services/stack.ts";

const PDF = "application/pdf";

let stack: Stack;
let database: Client;
let one: Tenant;
let two: Tenant;
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
  one = await stack.tenant("one");
  two = await stack.tenant("two");
});
afterAll(async () => {
  await database.end();
  await stack.stop();
});

const report = { name: 'Bericht "ü".pdf', contentType: PDF, bytes: 1_000 };

describe("a file", () => {
  test("is created, uploaded, found, downloaded as an attachment, and deleted", async () => {
    const content = randomBytes(1_000);
    const created = await one.call("POST", "/files", report);
    expect([created.status, created.headers.get("cache-control")]).toEqual([201, "no-store"]);
    const { file, upload } = created.body;
    expect(file).toEqual({ ...report, id: file.id, createdAt: expect.any(String), uploadedAt: null });
    expect(Date.parse(upload.expiresAt) - Date.parse(file.createdAt)).toBeLessThan(16 * 60_000);
    expect((await one.call("GET", `/files/${file.id}`)).body).toEqual({ file, download: null });

    expect((await uploadTo(upload, content)).status).toBe(200);
    const found = (await one.call("GET", `/files/${file.id}`)).body;
    expect(found.file).toEqual({ ...file, uploadedAt: expect.any(String) });
    expect((await one.call("GET", "/files?limit=1")).body).toEqual({ files: [found.file] });
    const answer = await fetchDownload(found.download);
    expect([answer.status, answer.type, answer.disposition]).toEqual([
      200,
      PDF,
      `attachment; filename="Bericht ___.pdf"; filename*=UTF-8''Bericht%20%22%C3%BC%22.pdf`,
    ]);
    expect(answer.body.equals(content)).toBe(true);

    expect((await one.call("DELETE", `/files/${file.id}`)).status).toBe(204);
    for (const method of ["GET", "DELETE"])
      expect((await one.call(method, `/files/${file.id}`)).body).toMatchObject({ code: "not_found" });
    expect((await one.call("GET", "/files")).body.files).not.toContainEqual(expect.objectContaining({ id: file.id }));
  });

  test.each([
    ["a smaller content", { size: 999, type: PDF }],
    ["a larger content", { size: 1_001, type: PDF }],
    ["content of another type", { size: 1_000, type: "text/html" }],
  ])("is not uploaded by %s", async (_, { size, type }) => {
    const { file, upload } = (await one.call("POST", "/files", report)).body;
    const headers = { ...upload.headers, "content-type": type };
    expect((await uploadTo({ ...upload, headers }, randomBytes(size))).status).toBe(403);
    expect((await one.call("GET", `/files/${file.id}`)).body.download).toBeNull();
  });

  test.each([
    ["a type with scripts", { contentType: "text/html" }, "body/contentType"],
    ["a type with a parameter", { contentType: "text/csv; charset=utf-8" }, "body/contentType"],
    ["no content", { bytes: 0 }, "body/bytes"],
    ["a path for a name", { name: "../a" }, "body/name"],
    ["a line break in its name", { name: "a\r\nb" }, "body/name"],
    ["an empty name", { name: "" }, "body/name"],
  ])("with %s is refused", async (_, change, path) => {
    const { status, body } = await one.call("POST", "/files", { ...report, ...change });
    expect([status, body.faults.map((fault: { path: string }) => fault.path)]).toEqual([400, [path]]);
  });

  test("of a tenant does not exist for another one", async () => {
    const { file, upload } = (await one.call("POST", "/files", report)).body;
    await uploadTo(upload, randomBytes(1_000));
    for (const method of ["GET", "DELETE"])
      expect((await two.call(method, `/files/${file.id}`)).status, method).toBe(404);
    expect((await two.call("GET", "/files")).body).toEqual({ files: [] });
    expect((await two.call("GET", `/files?before=${file.id}`)).body).toEqual({ files: [] });
    expect((await one.call("GET", `/files/${file.id}`)).body.download).not.toBeNull();
  });

  test("is followed in the list by those before it, page by page", async () => {
    const three = await stack.tenant("three");
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) ids.unshift((await three.call("POST", "/files", report)).body.file.id);
    const pages = [
      await three.call("GET", "/files?limit=2"),
      await three.call("GET", `/files?limit=2&before=${ids[1]}`),
    ];
    expect(pages.flatMap(({ body }) => body.files.map(({ id }: { id: string }) => id))).toEqual(ids);
    expect((await three.call("GET", `/files?before=${NOBODYS}`)).body).toEqual({ files: [] });
  });

  test("is recorded when it is created and deleted, without its name", async () => {
    const { file } = (await one.call("POST", "/files", report)).body;
    await one.call("DELETE", `/files/${file.id}`);
    const { events } = (await one.call("GET", `/audit?object=${file.id}`)).body;
    expect(events.map(({ action }: { action: string }) => action)).toEqual(["file.delete", "file.create"]);
    expect(JSON.stringify(events)).not.toContain("Bericht");
  });

  test("is not named in a log, and neither is a signature", () => {
    const text = stack.lines.map(({ line }) => line).join("\n");
    expect(text).not.toMatch(/Bericht|signature/);
  });
});

test("an environment without object storage has no objects of a tenant, and says so", () => {
  expect(() => tenantObjects(undefined, NOBODYS)).toThrow(expect.objectContaining({ code: "no_object_storage" }));
});

describe("the limits of a tenant", () => {
  const limited = async (name: string, limits: object): Promise<Tenant> => {
    const tenant = await stack.tenant(name);
    const [{ id }] = (await database.query("SELECT id FROM tenants WHERE name = $1", [name])).rows as [{ id: string }];
    const operator = await stack.operator(`of-${name}`);
    expect((await operator.call("PATCH", `/admin/tenants/${id}/limits`, limits)).status).toBe(200);
    return tenant;
  };

  test("are 25 MiB a file by default", async () => {
    expect((await one.call("POST", "/files", { ...report, bytes: 26_214_400 })).status).toBe(201);
    const { status, body } = await one.call("POST", "/files", { ...report, bytes: 26_214_401 });
    expect([status, body.faults]).toEqual([
      400,
      [{ path: "body/bytes", message: "is 26214401; a file may have 26214400. Split the file, or ask an operator." }],
    ]);
  });

  test("hold for the number of files, also for requests at the same time, and count deleted ones until their objects are", async () => {
    const tenant = await limited("few", { maxFiles: 2 });
    const statuses = await Promise.all(
      Array.from({ length: 6 }, async () => (await tenant.call("POST", "/files", report)).status),
    );
    expect(statuses.toSorted()).toEqual([201, 201, 409, 409, 409, 409]);
    const [{ id }] = (await tenant.call("GET", "/files")).body.files;
    await tenant.call("DELETE", `/files/${id}`);
    expect((await tenant.call("POST", "/files", report)).body).toMatchObject({
      code: "limit_reached",
      detail: expect.stringMatching(/^2 files are allowed\. Delete some; a deleted file counts until /),
    });
  });

  test("hold for the bytes of all files", async () => {
    const tenant = await limited("small", { maxStoredBytes: 1_500 });
    expect((await tenant.call("POST", "/files", report)).status).toBe(201);
    expect((await tenant.call("POST", "/files", report)).body).toMatchObject({
      code: "limit_reached",
      detail: expect.stringContaining("The files would have 2000 bytes; 1500 are allowed."),
    });
    expect((await tenant.call("POST", "/files", { ...report, bytes: 500 })).status).toBe(201);
  });
});
