import { fastify, type FastifyInstance, LogController } from "fastify";
import type { Log } from "../shared/runtime/log.ts";
import type { Metrics } from "../shared/runtime/metrics.ts";
import { answerProbe, type Health } from "../shared/runtime/probes.ts";
import type { Settings } from "../shared/runtime/settings.ts";
import { CookieKeys } from "./cookie.ts";
import { serveFiles } from "./files.ts";
import { sendProblem } from "./problem.ts";
import { addProxy, API_PREFIX } from "./proxy.ts";
import { isSameOrigin } from "./same-origin.ts";
import { securityHeaders } from "./security-headers.ts";
import { COOKIE_KEYS, consoleRequestDuration, consoleRequests } from "./service.ts";
import { addSessionRoutes } from "./session-routes.ts";

/** Bytes of a login. Everything larger is for the API, which has limits of its own. */
const MAX_LOGIN = 4096;
/** Milliseconds in which a request's headers, and all of it, have to arrive. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 20_000;

export interface ConsoleOptions {
  readonly settings: Pick<Settings, "urlOf" | "trustedProxies" | "secret">;
  /** The folder of the built pages. */
  readonly pages: string;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly health: Health;
}

/** The console's server, ready to listen. */
export async function buildConsole({
  settings,
  pages,
  log,
  metrics,
  health,
}: ConsoleOptions): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_LOGIN,
    forceCloseConnections: "idle",
    trustProxy: (_address: string, hop: number) => hop < settings.trustedProxies,
    requestTimeout: REQUEST_TIMEOUT,
    http: { headersTimeout: HEADERS_TIMEOUT },
  }) as unknown as FastifyInstance;
  const options = { api: settings.urlOf("api"), keys: new CookieKeys(() => settings.secret(COOKIE_KEYS)), log };
  observe(app, metrics);
  app.addHook("onRequest", (_request, reply, done) => {
    void reply.headers(securityHeaders());
    done();
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 502;
    if (status < 500) return reply.code(status).send({ title: "The request is invalid." });
    log.error({ err: error }, "a request failed");
    return sendProblem(reply, "api_unreachable");
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, "not_found"));

  app.get<{ Params: { probe: string } }>("/health/:probe", async ({ params: { probe } }, reply) => {
    const answer = await answerProbe(`/health/${probe}`, health);
    return answer ? reply.code(answer.status).send(answer.body) : sendProblem(reply, "not_found");
  });
  await app.register((inner, _, done) => {
    refuseOtherSites(inner);
    addSessionRoutes(inner, options);
    done();
  });
  await app.register((inner, _, done) => {
    refuseOtherSites(inner);
    addProxy(inner, options);
    done();
  });
  serveFiles(app, pages);
  await app.ready();
  return app;
}

function refuseOtherSites(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    if (isSameOrigin(request)) done();
    else sendProblem(reply, "cross_site");
  });
}

/** Counts and times every answer, by the kind of its path and never by the path. */
function observe(app: FastifyInstance, metrics: Metrics): void {
  app.addHook("onSend", ({ url }, reply, payload, done) => {
    metrics.observe(consoleRequestDuration, { kind: kindOf(url) }, reply.elapsedTime / 1000);
    done(null, payload);
  });
  app.addHook("onResponse", ({ url }, reply, done) => {
    metrics.count(consoleRequests, { kind: kindOf(url), status: String(reply.statusCode) });
    done();
  });
}

function kindOf(path: string): "api" | "session" | "health" | "file" {
  if (path.startsWith(`${API_PREFIX}/`)) return "api";
  if (path.startsWith("/session")) return "session";
  return path.startsWith("/health/") ? "health" : "file";
}
