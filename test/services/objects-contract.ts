import { createHash, randomBytes, randomUUID } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import type { ObjectStore, SignedRequest, TenantObjects } from "../../services/shared/objects/ports.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

const bytesOf = async (objects: TenantObjects, key: string): Promise<Buffer | undefined> => {
  const body = await objects.get(key);
  return body && buffer(body);
};

const keysOf = async (objects: TenantObjects, prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of objects.list(prefix)) keys.push(key);
  return keys;
};

/** Sends a signed request, with other headers or another body than it was signed for. `fetch` writes content-length itself. */
const send = (
  { method, url, headers }: SignedRequest,
  { body, type = headers["content-type"] }: { body?: Buffer<ArrayBuffer>; type?: string | undefined } = {},
): Promise<Response> =>
  fetch(url, { method, headers: type === undefined ? {} : { "content-type": type }, ...(body && { body }) });

/** What an adapter of the object store has to do, on whatever keeps the objects. */
export function testObjects(store: () => ObjectStore): void {
  const tenant = (): TenantObjects => store().of(randomUUID());
  const PNG = "image/png";

  describe("objects", () => {
    test("are read as they were stored, with their size, type and checksum", async () => {
      const objects = tenant();
      const body = randomBytes(100_000);
      expect(await objects.put("a/b.png", body, PNG)).toEqual({ size: body.length, sha256: sha256(body) });
      expect(await objects.head("a/b.png")).toEqual({ size: body.length, type: PNG });
      expect((await bytesOf(objects, "a/b.png"))?.equals(body)).toBe(true);
    });

    test.each([
      ["no piece", 0, 1],
      ["pieces that fit into one request", 3_000_000, 70_000],
      ["pieces of several parts", 20_000_000, 65_536],
    ])("are stored from %s", async (_, size, piece) => {
      const objects = tenant();
      const body = randomBytes(size);
      expect(await objects.put("a", inPieces(body, piece), PNG)).toEqual({ size, sha256: sha256(body) });
      expect(await objects.head("a")).toEqual({ size, type: PNG });
      expect(sha256((await bytesOf(objects, "a")) ?? Buffer.from("none"))).toBe(sha256(body));
    });

    test("are not there when their source fails, and what was there before stays", async () => {
      const objects = tenant();
      await objects.put("kept", Buffer.from("before"), PNG);
      const failing = async function* (): AsyncGenerator<Buffer> {
        yield await Promise.resolve(randomBytes(9_000_000));
        throw new Error("the source broke");
      };
      await expect(objects.put("kept", failing(), PNG)).rejects.toThrow();
      await expect(objects.put("new", failing(), PNG)).rejects.toThrow();
      expect(String(await bytesOf(objects, "kept"))).toBe("before");
      expect(await keysOf(objects, "")).toEqual(["kept"]);
    });

    test("are read in ranges", async () => {
      const objects = tenant();
      await objects.put("a", Buffer.from("0123456789"), PNG);
      const body = await objects.get("a", { start: 3, length: 4 });
      expect(body && String(await buffer(body))).toBe("3456");
    });

    test("are replaced and deleted; one that does not exist is undefined, and deleted without an error", async () => {
      const objects = tenant();
      await objects.put("a", Buffer.from("one"), PNG);
      await objects.put("a", Buffer.from("two"), "text/plain");
      expect(String(await bytesOf(objects, "a"))).toBe("two");
      expect(await objects.head("a")).toEqual({ size: 3, type: "text/plain" });
      await objects.delete("a");
      await objects.delete("a");
      expect(await objects.head("a")).toBeUndefined();
      expect(await objects.get("a")).toBeUndefined();
    });

    test("are listed by prefix, in order", async () => {
      const objects = tenant();
      for (const key of ["b/2", "a/1", "b/10", "bc"]) await objects.put(key, Buffer.from(key), PNG);
      expect(await keysOf(objects, "")).toEqual(["a/1", "b/10", "b/2", "bc"]);
      expect(await keysOf(objects, "b/")).toEqual(["b/10", "b/2"]);
      expect(await keysOf(objects, "c/")).toEqual([]);
    });

    test("of one tenant are not another's", async () => {
      const [one, other] = [tenant(), tenant()];
      await one.put("a", Buffer.from("a"), PNG);
      expect([await other.head("a"), await other.get("a"), await keysOf(other, "")]).toEqual([
        undefined,
        undefined,
        [],
      ]);
    });
  });

  describe("a key", () => {
    test.each(["", "/", "a//b", "/a", "a/", "../a", "a/../b", "a/./b", ".a", "a b", "ä", "a\\b", "a".repeat(513)])(
      "%j is refused, for every method",
      async (key) => {
        const objects = tenant();
        const options = { seconds: 60, size: 1, type: PNG };
        for (const call of [
          () => objects.put(key, Buffer.from("a"), PNG),
          () => objects.get(key),
          () => objects.head(key),
          () => objects.delete(key),
          () => objects.download(key, options),
          () => objects.upload(key, options),
        ])
          await expect(call).rejects.toThrow(/must be at most 512 letters/);
      },
    );

    test.each(["", "..", "a/b", "00000000-0000-0000-0000-00000000000/", "0".repeat(36)])(
      "of tenant %j is refused",
      (id) => {
        expect(() => store().of(id)).toThrow(/must be a UUID/);
      },
    );
  });

  describe("a signed download", () => {
    test("answers the object, to be saved under its name", async () => {
      const objects = tenant();
      await objects.put("a", Buffer.from("content"), PNG);
      const answer = await send(await objects.download("a", { seconds: 60, fileName: 'Ü "1";.png' }));
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe(PNG);
      expect(answer.headers.get("content-disposition")).toBe(
        `attachment; filename="_ _1_;.png"; filename*=UTF-8''%C3%9C%20%221%22%3B.png`,
      );
      expect(await answer.text()).toBe("content");
    });

    test("is refused with another object, another method or another time", async () => {
      const objects = tenant();
      await objects.put("a", Buffer.from("a"), PNG);
      await objects.put("b", Buffer.from("b"), PNG);
      const signed = await objects.download("a", { seconds: 60 });
      const other = { ...signed, url: signed.url.replace(/\/a\?/, "/b?") };
      const later = { ...signed, url: signed.url.replace(/((?:Expires|expires)=)\d+/, "$199999") };
      expect([other.url, later.url]).not.toContain(signed.url);
      for (const each of [other, later, { ...signed, method: "PUT" } as const])
        expect((await send(each)).status, each.url).toBeGreaterThanOrEqual(400);
      expect((await send(signed)).status).toBe(200);
    });

    test("expires", async () => {
      const objects = tenant();
      await objects.put("a", Buffer.from("a"), PNG);
      const signed = await objects.download("a", { seconds: 1 });
      expect(signed.expiresAt.getTime()).toBeLessThan(Date.now() + 3_000);
      await expect.poll(async () => (await send(signed)).status, { timeout: 60_000, interval: 200 }).toBe(403);
    });
  });

  describe("a signed upload", () => {
    const body = randomBytes(1000);

    test("stores what it was signed for", async () => {
      const objects = tenant();
      const signed = await objects.upload("a", { seconds: 60, size: 1000, type: PNG });
      expect(signed.headers).toEqual({ "content-type": PNG, "content-length": "1000" });
      expect((await send(signed, { body })).status).toBe(200);
      expect(await objects.head("a")).toEqual({ size: 1000, type: PNG });
      expect((await bytesOf(objects, "a"))?.equals(body)).toBe(true);
    });

    test.each([
      ["a smaller size", { body: body.subarray(1) }],
      ["a larger size", { body: Buffer.concat([body, body]) }],
      ["another type", { body, type: "text/html" }],
    ])("is refused with %s, and stores nothing", async (_, sent) => {
      const objects = tenant();
      const signed = await objects.upload("a", { seconds: 60, size: 1000, type: PNG });
      expect((await send(signed, sent)).status).toBe(403);
      expect(await objects.head("a")).toBeUndefined();
    });

    test("is refused for another key", async () => {
      const objects = tenant();
      const signed = await objects.upload("a", { seconds: 60, size: 1000, type: PNG });
      const status = (await send({ ...signed, url: signed.url.replace(/\/a\?/, "/b?") }, { body })).status;
      expect([status, await keysOf(objects, "")]).toEqual([403, []]);
    });
  });
}
