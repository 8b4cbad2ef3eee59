import type { FastifyInstance } from "fastify";
import { type Authentication } from "./authenticate.ts";
import { type Caller, requireScope, type Scope } from "./caller.ts";
import { ApiError } from "./errors.ts";

/**
 * Who may call a route: callers with a scope, callers with an API key or with a token of a session, or everybody. All but the first
 * say why.
 */
export type Access = Scope | { readonly apiKey: string } | { readonly session: string } | { readonly public: string };

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    caller: Caller;
  }
}

const isPublic = (access: Access | undefined): boolean => typeof access === "object" && "public" in access;

/** How the OpenAPI document says it. Since version 3.1, a bearer's scopes may be named. */
export function documentAccess(access: Access): { security: readonly object[]; description?: string } {
  if (typeof access === "string") return { security: [{ bearer: [access] }] };
  const [description = ""] = Object.values<string>(access);
  return { security: isPublic(access) ? [] : [{ bearer: [] }], description };
}

/** What a route is configured with, so that the hooks below know who may call it. */
export const configOf = (access: Access): { access: Access; rateLimit?: false } => ({
  access,
  // Requests are counted per tenant, and a public route has none.
  ...(isPublic(access) && { rateLimit: false }),
});

/**
 * Tells who sent a request, and refuses callers who may not call the route before their body is read. A path without a
 * route needs a caller too. Adding a route without a declared access throws.
 */
export function guardRoutes(
  app: FastifyInstance,
  authentication: Pick<Authentication, "caller" | "callerOfToken">,
): void {
  app.decorateRequest("caller");
  app.addHook("onRoute", ({ method, url, config }) => {
    if (config?.access) return;
    throw new Error(`Route '${String(method)} ${url}' declares no access. Add it with 'addRoute'.`);
  });
  app.addHook("onRequest", async (request) => {
    if (isPublic(request.routeOptions.config.access)) return;
    const { access_token: token } = request.query as { access_token?: string };
    request.caller =
      request.ws && token !== undefined
        ? await authentication.callerOfToken(token)
        : await authentication.caller(request.headers.authorization);
  });
  app.addHook("preParsing", (request, _, payload, done) => {
    requireAccess(request.routeOptions.config.access, request.caller);
    done(null, payload);
  });
}

function requireAccess(access: Access | undefined, caller: Caller): void {
  if (access === undefined) return;
  if (typeof access === "string") requireScope(caller, access);
  else if ("apiKey" in access && caller.session !== undefined)
    throw new ApiError("forbidden", "Send the API key itself, not a token.");
  else if ("session" in access && caller.session === undefined)
    throw new ApiError("forbidden", "Send a token of the session, not the API key.");
}
