import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";

const permitted = z.strictObject({
  method: z.enum(["GET", "PUT"]),
  key: z.string(),
  /** Seconds since 1970. */
  expires: z.coerce.number(),
  /** Of a download: Content-Disposition. */
  disposition: z.string().optional(),
  /** Of an upload, in bytes. */
  size: z.coerce.number().optional(),
  type: z.string().optional(),
});

/** What a signed path permits: one method on one object until a time, with these limits. */
export type Permit = z.output<typeof permitted>;

/** The path and query that carry a permit, signed. */
export function signPath(secret: Buffer, permit: Permit): string {
  const { method, key, ...limits } = permit;
  const query = new URLSearchParams({ method });
  for (const [name, value] of Object.entries(limits)) query.set(name, String(value));
  query.set("signature", signatureOf(secret, permit));
  return `/${key}?${query.toString()}`;
}

/** The permit in a path and query; undefined unless we signed it and it has not expired. */
export function readPath(secret: Buffer, path: string, now = Date.now()): Permit | undefined {
  const url = new URL(path, "http://localhost");
  const query = Object.fromEntries(url.searchParams);
  const { signature = "", ...limits } = query;
  const read = permitted.safeParse({ ...limits, key: url.pathname.slice(1) });
  if (!read.success) return undefined;
  const permit = read.data;
  const [sent, expected] = [Buffer.from(signature), Buffer.from(signatureOf(secret, permit))];
  const isOurs = sent.length === expected.length && timingSafeEqual(sent, expected);
  return isOurs && permit.expires * 1000 > now ? permit : undefined;
}

const signatureOf = (secret: Buffer, { method, key, expires, disposition, size, type }: Permit): string =>
  createHmac("sha256", secret)
    .update(JSON.stringify([method, key, expires, disposition ?? null, size ?? null, type ?? null]))
    .digest("base64url");
