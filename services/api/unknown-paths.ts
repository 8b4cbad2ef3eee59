import type { FastifyInstance } from "fastify";
import { send } from "./error-handler.ts";

/** Answers requests that no route takes: 405 with `Allow` where the path has other methods, else 404. Called before routes are added. */
export function answerUnknownPaths(app: FastifyInstance): void {
  const methodsOf = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();
  app.addHook("onRoute", ({ method, url }) => {
    const pattern = new RegExp(`^${url.replaceAll(/:\w+/g, "[^/]+")}/?$`);
    const known = methodsOf.get(url) ?? { pattern, methods: new Set<string>() };
    for (const each of [method].flat()) known.methods.add(each);
    methodsOf.set(url, known);
  });
  app.setNotFoundHandler((request, reply) => {
    const [path = ""] = request.url.split("?");
    const detail = `${request.method} ${path}`;
    // Of several routes, as a name may stand where another route takes any.
    const matching = [...methodsOf.values()].filter(({ pattern }) => pattern.test(path));
    const allowed = [...new Set(matching.flatMap(({ methods }) => [...methods]))];
    if (allowed.length === 0) return send(reply, "not_found", { detail });
    return send(reply.header("allow", allowed.toSorted().join(", ")), "method_not_allowed", { detail });
  });
}
