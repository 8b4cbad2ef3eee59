import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchDownload, uploadTo } from "../services/file-calls.ts";
import { startStack, type Stack, type Tenant } from "../services/stack.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

let server: S3Server;
let stack: Stack;
let tenant: Tenant;
beforeAll(async () => {
  server = await startS3Server();
  stack = await startStack({ bucket: server, workers: 0 });
  tenant = await stack.tenant("one");
});
afterAll(async () => {
  await stack.stop();
  await server.close();
});

const given = { name: "ü.png", contentType: "image/png", bytes: 1_000 };

describe("a file in a bucket", () => {
  test("is uploaded and downloaded by signed requests that go to the bucket", async () => {
    const content = randomBytes(1_000);
    const { file, upload } = (await tenant.call("POST", "/files", given)).body;
    expect(new URL(upload.url).origin).toBe(server.endpoint);
    expect((await uploadTo(upload, content)).status).toBe(200);
    const { download } = (await tenant.call("GET", `/files/${file.id}`)).body;
    const answer = await fetchDownload(download);
    expect([answer.status, answer.type, answer.disposition]).toEqual([
      ...[200, "image/png"],
      `attachment; filename="_.png"; filename*=UTF-8''%C3%BC.png`,
    ]);
    expect(answer.body.equals(content)).toBe(true);
  });

  test.each([
    ["a smaller content", { size: 999, type: "image/png" }],
    ["a larger content", { size: 1_001, type: "image/png" }],
    ["content of another type", { size: 1_000, type: "text/html" }],
  ])("is not uploaded by %s", async (_, { size, type }) => {
    const { file, upload } = (await tenant.call("POST", "/files", given)).body;
    const headers = { ...upload.headers, "content-type": type };
    expect((await uploadTo({ ...upload, headers }, randomBytes(size))).status).toBe(403);
    expect((await tenant.call("GET", `/files/${file.id}`)).body.download).toBeNull();
  });

  test("of 25 MiB is taken", async () => {
    const bytes = 26_214_400;
    const { file, upload } = (await tenant.call("POST", "/files", { ...given, bytes })).body;
    expect((await uploadTo(upload, randomBytes(bytes))).status).toBe(200);
    const { download } = (await tenant.call("GET", `/files/${file.id}`)).body;
    expect((await fetchDownload(download)).body).toHaveLength(bytes);
  });

  test("is not downloaded under the key of another tenant's, nor with a changed signature", async () => {
    const { file, upload } = (await tenant.call("POST", "/files", given)).body;
    await uploadTo(upload, randomBytes(1_000));
    const { url } = (await tenant.call("GET", `/files/${file.id}`)).body.download;
    const other = await stack.tenant("two");
    const foreign = (await other.call("POST", "/files", given)).body;
    await uploadTo(foreign.upload, randomBytes(1_000));
    const path = new URL(foreign.upload.url).pathname;
    expect((await fetchDownload({ url: url.replace(new URL(url).pathname, path) })).status).toBe(403);
    expect((await fetchDownload({ url: url.replace(/X-Amz-Signature=./, "X-Amz-Signature=!") })).status).toBe(403);
    expect((await fetchDownload({ url })).status).toBe(200);
  });
});
