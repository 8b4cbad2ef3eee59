import { Agent, type IncomingMessage, request as sendRequest } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Log } from "../shared/runtime/log.ts";
import type { CookieKeys } from "./cookie.ts";
import { sendProblem } from "./problem.ts";
import { openSession } from "./session-routes.ts";

export const API_PREFIX = "/api";
/** Headers of a request that the API is sent, besides the session's token. */
const REQUEST_HEADERS = [
  "accept",
  "accept-encoding",
  "content-length",
  "content-type",
  "idempotency-key",
  "last-event-id",
  "traceparent",
];
/** Headers of an answer that belong to the connection, and not to the browser's. */
const CONNECTION_HEADERS = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "set-cookie"]);
/** Routes that take credentials or answer with tokens. Scripts of a page must get neither. */
const CREDENTIALS = /^\/(login|logout|tokens|invitations)(\/|$)/;

interface ProxyOptions {
  readonly api: string;
  readonly keys: CookieKeys;
  readonly log: Log;
}

/** Sends `/api/*` to the API with the token of the session in the cookie. Bodies pass as they come, in both directions. */
export function addProxy(app: FastifyInstance, { api, keys, log }: ProxyOptions): void {
  const agent = new Agent({ keepAlive: true });
  app.addHook("onClose", (_, done) => {
    agent.destroy();
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => {
    done(null, payload);
  });
  app.all(`${API_PREFIX}/*`, async (request, reply) => {
    const url = new URL(api + request.url.slice(API_PREFIX.length));
    // The API decodes a path before it looks for a route.
    if (CREDENTIALS.test(decodeURIComponent(url.pathname))) return sendProblem(reply, "not_found");
    const session = await openSession(request, keys);
    if (!session) return sendProblem(reply, "unauthenticated");
    try {
      return await forward({ url, agent, token: session.token, request, reply });
    } catch (error) {
      if (reply.raw.destroyed) return reply;
      log.warn({ err: error }, "the API does not answer");
      return sendProblem(reply, "api_unreachable");
    }
  });
}

interface Forwarded {
  readonly url: URL;
  readonly agent: Agent;
  readonly token: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function forward({ url, agent, token, request, reply }: Forwarded): Promise<FastifyReply> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const upstream = sendRequest(url, { method: request.method, agent, headers: headersOf(request, token) }, resolve);
    upstream.on("error", reject);
    // A page that goes away, or cancels, is followed no longer.
    reply.raw.once("close", () => upstream.destroy());
    request.raw.pipe(upstream);
  });
  for (const [name, value] of Object.entries(answer.headers))
    if (value !== undefined && !CONNECTION_HEADERS.has(name)) void reply.header(name, value);
  if (!reply.hasHeader("cache-control")) void reply.header("cache-control", "no-store");
  return reply.code(answer.statusCode ?? 502).send(answer);
}

function headersOf({ headers, ip }: FastifyRequest, token: string): Record<string, string> {
  const passed = REQUEST_HEADERS.flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  return { ...Object.fromEntries(passed), authorization: `Bearer ${token}`, "x-forwarded-for": ip };
}
