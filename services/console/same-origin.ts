import type { FastifyRequest } from "fastify";

const SAFE = ["GET", "HEAD"];

/**
 * Whether a request comes from the console's own pages. Browsers say so in `Sec-Fetch-Site`, and where they do not, in `Origin`, which
 * they send with every request that changes something. A request with neither comes from no page: it may only read.
 */
export function isSameOrigin({ method, host, headers }: Pick<FastifyRequest, "method" | "host" | "headers">): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || (site === "none" && SAFE.includes(method));
  if (headers.origin === undefined) return SAFE.includes(method);
  return URL.canParse(headers.origin) && new URL(headers.origin).host === host;
}
