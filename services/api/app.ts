import { randomUUID } from "node:crypto";
import swagger from "@fastify/swagger";
import websocket from "@fastify/websocket";
import { fastify, type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import { bytes } from "../../platform/quantity.ts";
import type { Metrics } from "../shared/runtime/metrics.ts";
import { inSpan } from "../shared/runtime/tracing.ts";
import { documentAccess, guardRoutes } from "./access.ts";
import type { AddRoute, Api, App, AppOptions } from "./api.ts";
import { Refusals, recordRefusals, writeTo } from "./audit/refusals.ts";
import { auditRequests } from "./audit/request-audit.ts";
import { Authentication } from "./authenticate.ts";
import { answerBrokenRequest } from "./broken-request.ts";
import { compressAnswers } from "./compress.ts";
import { completeDocument, problemResponse } from "./document.ts";
import { answerUnroutable, handleErrors } from "./error-handler.ts";
import { EventFollowers } from "./follow.ts";
import { acceptNdjson } from "./ndjson.ts";
import { MAX_EXPORTS, MAX_STREAMS, OpenStreams } from "./open-streams.ts";
import { RateLimits } from "./rate-limits.ts";
import { RequestCounts, shareInPostgres } from "./request-counts.ts";
import { answerUnknownPaths } from "./unknown-paths.ts";
import { addRoutes } from "./routes/all.ts";
import { refuseUnstorableText } from "./unstorable-text.ts";
import { api, requestDuration, requests } from "./service.ts";
import { SIGNING_KEYS, SigningKeys } from "./signing-keys.ts";

const MAX_BODY = bytes(api.exposed?.maxBody ?? "1Mi");
/** Bytes of the body of a route that takes none: clients that always send JSON send `{}`. */
const MAX_NO_BODY = 1024;
/** Milliseconds in which a request's headers, and all of it, have to arrive. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 20_000;
const TIMEOUT_CHECK = 1_000;
/** Bytes of a message that a follower may send: there is nothing to say. */
const MAX_FROM_FOLLOWER = 4096;

/** The API, ready to listen. */
export async function buildApp(
  options: AppOptions,
): Promise<
  Pick<Api, "followers" | "open"> & { readonly app: App; readonly limits: RateLimits; readonly refusals: Refusals }
> {
  const { settings, database, broadcast, log, metrics } = options;
  const loggerInstance: FastifyBaseLogger = log;
  const app = fastify({
    loggerInstance,
    // Each request is counted and traced; a line each would only repeat it, with ids in the path.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY,
    genReqId: () => randomUUID(),
    forceCloseConnections: "idle",
    trustProxy: (_address: string, hop: number) => hop < settings.trustedProxies,
    requestTimeout: REQUEST_TIMEOUT,
    http: { headersTimeout: HEADERS_TIMEOUT, connectionsCheckingInterval: TIMEOUT_CHECK },
    clientErrorHandler: answerBrokenRequest,
    routerOptions: { maxParamLength: 100 },
    frameworkErrors: (error, _, reply) => {
      answerUnroutable(error, reply);
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  handleErrors(app);
  answerUnknownPaths(app);
  const authentication = new Authentication(database, new SigningKeys(() => settings.secret(SIGNING_KEYS), log));
  const limits = new RateLimits(new RequestCounts(shareInPostgres(database)), log);
  const followers = new EventFollowers(database, broadcast, log);
  const refusals = new Refusals(writeTo(database), log);
  const open = new Set<() => void>();
  const places = { streams: new OpenStreams(MAX_STREAMS), exports: new OpenStreams(MAX_EXPORTS) };

  // First, since the hooks after it ask whether a request is to become a WebSocket.
  await app.register(websocket, { options: { maxPayload: MAX_FROM_FOLLOWER } });
  observe(app, metrics);
  guardRoutes(app, authentication, limits);
  auditRequests(app);
  recordRefusals(app, refusals);
  acceptNdjson(app);
  refuseUnstorableText(app);
  compressAnswers(app);
  time(app, metrics);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "PromptOps", version: "1", description: "Prompts and workflows, and their executions." },
      components: {
        securitySchemes: { bearer: { type: "http", scheme: "bearer", description: "An API key or a token." } },
      },
      security: [{ bearer: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: completeDocument,
  });
  // Routes stand in a context of their own, so that each is seen by the plug-ins above.
  await app.register((inner, _, done) => {
    const routes: Api = { ...options, ...places, addRoute: routeAdder(inner), authentication, limits, followers, open };
    addRoutes(routes, () => app.swagger());
    done();
  });
  await app.ready();
  return { app, followers, limits, refusals, open };
}

/** Every route may answer with an error; the document says so, and who may call the route. */
const routeAdder =
  (app: FastifyInstance): AddRoute =>
  ({ access, audit, errors, ndjson, schema, ...route }) => {
    const failure = errors?.response ?? problemResponse;
    const response = { ...(schema.response as object | undefined), "4xx": failure, "5xx": failure };
    app
      .withTypeProvider<ZodTypeProvider>()
      .route({
        bodyLimit: schema.body === undefined ? MAX_NO_BODY : MAX_BODY,
        ...route,
        config: {
          access,
          ...(audit !== undefined && { audit }),
          ...(errors && { errorOf: errors.of }),
          ...(ndjson !== undefined && { ndjson }),
        },
        schema: { ...schema, ...documentAccess(access), response },
      });
  };

/** Times every answer to its first byte: those that stream events last for minutes. */
function time(app: App, metrics: Metrics): void {
  app.addHook("onSend", (request, reply, payload, done) => {
    const labels = { method: request.method, route: request.routeOptions.url ?? "unknown" };
    metrics.observe(requestDuration, labels, reply.elapsedTime / 1000);
    done(null, payload);
  });
}

/** Counts and traces every request, by its route and never by its path. The answer names it as audit events and log lines do. */
function observe(app: App, metrics: Metrics): void {
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "unknown";
    const { method } = request;
    metrics.count(requests, { method, route, status: String(reply.statusCode) });
    done();
  });
  app.addHook("onRequest", (request, reply, done) => {
    void reply.header("x-request-id", request.id);
    done();
  });
  app.addHook("onRoute", (route) => {
    if (route.wsHandler) return;
    const { handler, url } = route;
    route.handler = function (request, reply) {
      const carrier = request.headers as Record<string, string>;
      return inSpan(`${request.method} ${url}`, carrier, { "http.route": url }, () =>
        Promise.resolve(handler.call(this, request, reply)),
      );
    };
  });
}
