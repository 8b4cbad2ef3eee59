import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { securityHeaders } from "./security-headers.ts";

/** What the build writes where the page's nonce belongs. */
export const NONCE_PLACEHOLDER = "CSP_NONCE";
const NONCE_BYTES = 16;
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Serves the built pages: `index.html`, and `assets/`, whose names contain their digests, as built and as brotli (`.br`). */
export function serveFiles(app: FastifyInstance, folder: string): void {
  const page = readFileSync(join(folder, "index.html"), "utf8");
  const assets = new Map(
    readdirSync(join(folder, "assets")).map((name) => [name, readFileSync(join(folder, "assets", name))]),
  );

  app.get<{ Params: { name: string } }>("/assets/:name", ({ headers, params: { name } }, reply) => {
    const type = TYPES[extname(name)];
    const content = assets.get(name);
    if (content === undefined || type === undefined) {
      reply.callNotFound();
      return;
    }
    const compressed = takesBrotli(headers["accept-encoding"]) ? assets.get(`${name}.br`) : undefined;
    if (compressed) void reply.header("content-encoding", "br");
    void reply
      .type(type)
      .header("cache-control", "public, max-age=31536000, immutable")
      .header("vary", "accept-encoding")
      .send(compressed ?? content);
  });

  // The path is one of a page, which the browser's router knows.
  app.get("/*", (_request: FastifyRequest, reply: FastifyReply) => {
    const nonce = randomBytes(NONCE_BYTES).toString("base64");
    void reply
      .headers(securityHeaders(nonce))
      .header("cache-control", "no-store")
      .type("text/html; charset=utf-8")
      .send(page.replaceAll(NONCE_PLACEHOLDER, nonce));
  });
}

const takesBrotli = (accepted: string | undefined): boolean => /(^|,)\s*br\s*(,|$)/.test(accepted ?? "");
