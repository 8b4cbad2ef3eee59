import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Authentication } from "./authenticate.ts";
import { type Caller, type Operator, requireScope, type Scope } from "./caller.ts";
import { ApiError, type Problem } from "./errors.ts";
import { acceptsEvents } from "./event-source.ts";
import type { RateLimits } from "./rate-limits.ts";

/**
 * Who may call a route: callers with a scope, callers with an API key, with a token of a session or with one of a user's, operators
 * of the platform, or everybody. All but the first say why.
 */
export type Access =
  | Scope
  | { readonly apiKey: string }
  | { readonly session: string }
  | { readonly user: string }
  | { readonly operator: string }
  /** Requests count against the limit of their address, unless they are `unlimited`. */
  | { readonly public: string; readonly unlimited?: true };

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
    /** The answer to an error. @default - a problem document */
    errorOf?: (problem: Problem) => object;
  }
  interface FastifyRequest {
    /** Set for routes of callers. */
    caller: Caller;
    /** Set for routes of operators. */
    operator: Operator;
  }
}

const isPublic = (access: Access | undefined): boolean => typeof access === "object" && "public" in access;

/** What a browser asks for without a header of its own: a WebSocket, or server-sent events. */
const isStream = ({ ws, method, headers: { accept } }: FastifyRequest): boolean =>
  ws || (method === "GET" && acceptsEvents(accept));

/** How the OpenAPI document says it. Since version 3.1, a bearer's scopes may be named. */
export function documentAccess(access: Access): { security: readonly object[]; description?: string } {
  if (typeof access === "string") return { security: [{ bearer: [access] }] };
  const [description] = Object.values(access) as [string];
  return { security: isPublic(access) ? [] : [{ bearer: [] }], description };
}

/**
 * Tells who sent a request, and refuses callers who may not call the route before their body is read. A path without a
 * route needs a caller too. Adding a route without a declared access throws.
 */
export function guardRoutes(
  app: FastifyInstance,
  authentication: Pick<Authentication, "caller" | "callerOfToken">,
  limits: Pick<RateLimits, "countCaller" | "countAddress" | "isSuspicious">,
): void {
  app.decorateRequest("caller");
  app.decorateRequest("operator");
  app.addHook("onRoute", ({ method, url, config }) => {
    if (config?.access) return;
    throw new Error(`Route '${String(method)} ${url}' declares no access. Add it with 'addRoute'.`);
  });
  const senderOf = async (request: FastifyRequest): Promise<Caller | Operator> => {
    const { access_token: token } = request.query as { access_token?: string };
    if (token !== undefined && isStream(request)) return authentication.callerOfToken(token);
    return authentication.caller(request.headers.authorization, { knownKeysOnly: limits.isSuspicious(request) });
  };
  app.addHook("onRequest", async (request, reply) => {
    const { access } = request.routeOptions.config;
    if (typeof access === "object" && "public" in access) {
      if (access.unlimited !== true) limits.countAddress(request, reply);
      return;
    }
    let sender: Caller | Operator;
    try {
      sender = await senderOf(request);
    } catch (error) {
      if (error instanceof ApiError && error.code === "unauthenticated") limits.countAddress(request, reply);
      throw error;
    }
    limits.countCaller(sender, reply);
    if (sender.kind === "operator") request.operator = sender;
    else request.caller = sender;
    requireKind(access, sender);
  });
  app.addHook("preParsing", (request, _, payload, done) => {
    requireAccess(request.routeOptions.config.access, request.caller);
    done(null, payload);
  });
}

/** Operators have routes of their own, and tenants theirs. A path without a route is as unknown to both. */
function requireKind(access: Access | undefined, { kind }: Caller | Operator): void {
  if (access === undefined) return;
  const isOperators = typeof access === "object" && "operator" in access;
  if (isOperators && kind !== "operator") throw new ApiError("forbidden", "It needs an operator's key.");
  if (!isOperators && kind === "operator")
    throw new ApiError("forbidden", "An operator's key opens nothing of a tenant.");
}

function requireAccess(access: Access | undefined, caller: Caller): void {
  if (access === undefined) return;
  if (typeof access === "string") requireScope(caller, access);
  else if ("apiKey" in access && caller.session !== undefined)
    throw new ApiError("forbidden", "Send the API key itself, not a token.");
  else if ("session" in access && caller.session === undefined)
    throw new ApiError("forbidden", "Send a token of the session, not the API key.");
  else if ("user" in access && caller.kind !== "user")
    throw new ApiError("forbidden", "Send a token of a user, not of an API key.");
}
