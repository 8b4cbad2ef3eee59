import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ObjectStoreError, type ObjectStore } from "../../services/shared/objects/ports.ts";
import { s3Objects } from "../../services/shared/objects/s3-objects.ts";
import { testObjects } from "../services/objects-contract.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

const TENANT = "0a000000-0000-4000-8000-000000000000";

let server: S3Server;
let store: ObjectStore;
const storeWith = (more: object): ObjectStore =>
  s3Objects({ ...server, credentials: { accessKeyId: server.accessKey, secretAccessKey: server.secretKey }, ...more });
beforeAll(async () => {
  server = await startS3Server();
  store = storeWith({});
});
afterAll(async () => {
  await store.close();
  await server.close();
});

describe("in a bucket that speaks S3", () => {
  testObjects(() => store);

  test("more objects than one page of the list are listed", async () => {
    const objects = store.of(TENANT);
    const keys = Array.from({ length: 1_100 }, (_, index) => `many/${String(index).padStart(4, "0")}`);
    for (let at = 0; at < keys.length; at += 50)
      await Promise.all(keys.slice(at, at + 50).map((key) => objects.put(key, Buffer.from("a"), "text/plain")));
    const listed: string[] = [];
    for await (const { key } of objects.list("many/")) listed.push(key);
    expect(listed).toEqual(keys);
  });

  test.each([
    [
      "a wrong secret",
      { credentials: { accessKeyId: "test-access-key", secretAccessKey: "no" } },
      /SignatureDoesNotMatch/,
    ],
    ["a bucket that does not exist", { bucket: "missing" }, /NoSuchBucket/],
    ["a server that is not there", { endpoint: "http://127.0.0.1:9" }, /ECONNREFUSED/],
  ])("%s is an error that names its code", async (_, more, code) => {
    const other = storeWith(more);
    await expect(other.of(TENANT).put("a", Buffer.from("a"), "text/plain")).rejects.toThrow(ObjectStoreError);
    await expect(other.of(TENANT).put("a", Buffer.from("a"), "text/plain")).rejects.toThrow(code);
    await other.close();
  });

  test("a server that does not answer is given up, and is asked again once it does", async () => {
    const impatient = storeWith({ idleTimeout: 500 });
    const objects = impatient.of(TENANT);
    await objects.put("a", Buffer.from("a"), "text/plain");
    server.freeze();
    await expect(objects.head("a")).rejects.toThrow(ObjectStoreError);
    server.thaw();
    expect(await objects.head("a")).toEqual({ size: 1, type: "text/plain" });
    await impatient.close();
  });
});
