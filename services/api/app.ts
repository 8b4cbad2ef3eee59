import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import websocket from "@fastify/websocket";
import { fastify, type FastifyBaseLogger, LogController } from "fastify";
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import { bytes } from "../../platform/quantity.ts";
import type { Metrics } from "../shared/runtime/metrics.ts";
import { answerProbe } from "../shared/runtime/probes.ts";
import { inSpan } from "../shared/runtime/tracing.ts";
import type { Api, App, AppOptions } from "./api.ts";
import { Authentication, type Caller } from "./authenticate.ts";
import { handleErrors } from "./error-handler.ts";
import { ApiError } from "./errors.ts";
import { EventFollowers } from "./follow.ts";
import { addExecutionRoutes } from "./routes/executions.ts";
import { addPromptRoutes } from "./routes/prompts.ts";
import { addStreamRoute } from "./routes/stream.ts";
import { addTokenRoute } from "./routes/tokens.ts";
import { problemDocument } from "./schemas.ts";
import { api, requestDuration, requests } from "./service.ts";

/** Requests a minute that a tenant may send to one replica. */
const MAX_PER_MINUTE = 10_000;
/** Bytes of a message that somebody who follows may send: there is nothing to say. */
const MAX_FROM_FOLLOWER = 4096;
/** What is asked without a caller. */
const unlimited = { schema: { hide: true }, config: { rateLimit: false as const } };
/** Paths that need no caller. */
const OPEN = new Set(["/openapi.json"]);

declare module "fastify" {
  interface FastifyRequest {
    caller: Caller;
  }
}

/** The API, ready to listen. */
export async function buildApp(options: AppOptions): Promise<Api> {
  const { settings, database, broadcast, log, metrics, health } = options;
  const loggerInstance: FastifyBaseLogger = log;
  const app = fastify({
    loggerInstance,
    // Each request is counted and traced; a line each would only repeat it, with ids in the path.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bytes(api.exposed?.maxBody ?? "1Mi"),
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 100 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  handleErrors(app);
  const authentication = new Authentication(database, settings.secret("jwt-signing-key"));
  const built: Api = {
    ...options,
    app,
    authentication,
    followers: new EventFollowers(database, broadcast, log),
    open: new Set(),
  };

  // First, since the hooks after it ask whether a request is to become a WebSocket.
  await app.register(websocket, { options: { maxPayload: MAX_FROM_FOLLOWER } });
  observe(app, metrics);
  app.decorateRequest("caller");
  app.addHook("onRequest", async (request) => {
    const path = request.url.split("?")[0] ?? "";
    if (path.startsWith("/health/") || OPEN.has(path)) return;
    const { access_token: token } = request.query as { access_token?: string };
    request.caller =
      request.ws && token !== undefined
        ? await authentication.callerOfToken(token)
        : await authentication.caller(request.headers.authorization);
  });
  await app.register(rateLimit, {
    max: MAX_PER_MINUTE,
    timeWindow: "1 minute",
    hook: "preValidation",
    keyGenerator: ({ caller }) => caller.tenant,
    errorResponseBuilder: (_, { ttl }) => new ApiError("rate_limited", undefined, ttl / 1000),
  });
  await app.register(swagger, {
    openapi: {
      info: { title: "PromptOps", version: "1", description: "Prompts, and their executions." },
      components: {
        securitySchemes: { bearer: { type: "http", scheme: "bearer", description: "An API key or a token." } },
      },
      security: [{ bearer: [] }],
    },
    transform: jsonSchemaTransform,
  });
  // Routes stand in a context of their own, so that each is seen by the plug-ins above.
  await app.register((inner, _, done) => {
    const routes: Api = { ...built, app: inner.withTypeProvider<ZodTypeProvider>() };
    documentProblems(routes.app);
    addTokenRoute(routes);
    addPromptRoutes(routes);
    addExecutionRoutes(routes);
    addStreamRoute(routes);
    routes.app.get("/openapi.json", unlimited, () => app.swagger());
    routes.app.get("/health/*", unlimited, async (request, reply) => {
      const answer = await answerProbe(request.url.split("?")[0] ?? "", health);
      return reply.code(answer?.status ?? 404).send(answer?.body ?? { status: "not found" });
    });
    done();
  });
  await app.ready();
  return built;
}

/** Every route may answer with a problem; the document says so once for all of them. */
function documentProblems(app: App): void {
  app.addHook("onRoute", (route) => {
    const { schema } = route;
    if (!schema || "hide" in schema) return;
    route.schema = {
      ...schema,
      response: { ...(schema.response as object | undefined), "4xx": problemDocument, "5xx": problemDocument },
    };
  });
}

/** Counts, times and traces every request, by its route and never by its path. */
function observe(app: App, metrics: Metrics): void {
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "unknown";
    const { method } = request;
    metrics.count(requests, { method, route, status: String(reply.statusCode) });
    metrics.observe(requestDuration, { method, route }, reply.elapsedTime / 1000);
    done();
  });
  app.addHook("onRoute", (route) => {
    if (route.websocket) return;
    const { handler, url } = route;
    route.handler = function (request, reply) {
      const carrier = request.headers as Record<string, string>;
      return inSpan(`${request.method} ${url}`, carrier, { "http.route": url }, () =>
        Promise.resolve(handler.call(this, request, reply)),
      );
    };
  });
}
