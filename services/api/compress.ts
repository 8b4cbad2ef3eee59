import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyInstance } from "fastify";

/** Bytes of the shortest answer that is compressed. */
const MIN_BYTES = 1024;
const compress = promisify(gzip);

/** Compresses longer answers for clients that take gzip. Streams are sent as they are, and so is what no cache may keep: tokens. */
export function compressAnswers(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    if (typeof payload !== "string" || Buffer.byteLength(payload) < MIN_BYTES) return payload;
    void reply.header("vary", "accept-encoding");
    if (!takesGzip(request.headers["accept-encoding"]) || reply.hasHeader("cache-control")) return payload;
    const compressed = await compress(payload);
    void reply.header("content-encoding", "gzip").header("content-length", compressed.length);
    return compressed;
  });
}

/** Whether gzip is among the encodings, with a weight other than 0. */
export function takesGzip(accepted: string | string[] | undefined): boolean {
  return String(accepted ?? "")
    .split(",")
    .some((each) => /^\s*(gzip|x-gzip|\*)\s*(;\s*q=(0\.\d*[1-9]\d*|1(\.0*)?))?\s*$/i.test(each));
}
