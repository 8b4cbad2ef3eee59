import type { FastifyInstance } from "fastify";
import { type Authentication, type Caller, requireScope, type Scope } from "./authenticate.ts";

/** Who may call a route: callers with a scope, every caller, or everybody. The last two say why. */
export type Access = Scope | { readonly everyCaller: string } | { readonly public: string };

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
  if ("public" in access) return { security: [], description: access.public };
  return { security: [{ bearer: [] }], description: access.everyCaller };
}

/** What a route is configured with, so that the hooks below know who may call it. */
export const configOf = (access: Access): { access: Access; rateLimit?: false } => ({
  access,
  // Requests are counted per tenant, and a public route has none.
  ...(isPublic(access) && { rateLimit: false }),
});

/**
 * Tells who sent a request, and refuses callers without the route's scope before their body is read. A path without a
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
    const { access } = request.routeOptions.config;
    if (typeof access === "string") requireScope(request.caller, access);
    done(null, payload);
  });
}
